// Runs first in each Node.js execution environment: maps /opt to the function's layers, where code and
// bundlers expect them. Later layers override earlier ones, and bare imports are resolved in them
// (NODE_PATH), for ES modules as well, as on AWS:
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-layers.html
// https://aws.amazon.com/blogs/compute/node-js-18-x-runtime-now-available-in-aws-lambda/
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');

// MiniStack's script calls `url.parse`, of which Node.js 24 warns once: the line would be in every function's log.
const emitWarning = process.emitWarning;
process.emitWarning = (warning, ...details) => {
  const code = details[0]?.code ?? details[1];
  if (code !== 'DEP0169') emitWarning.call(process, warning, ...details);
};

const layers = (process.env._LAMBDA_LAYERS_DIRS ?? '').split(path.delimiter).filter(Boolean);
delete process.env._LAMBDA_LAYERS_DIRS;

/** Returns the folder for /opt: the layer itself, or a folder with links to the files of several layers. */
function merged() {
  if (layers.length === 1) return layers[0];
  const opt = path.join(path.dirname(layers[0]), 'opt');
  const link = (from, to) => {
    fs.mkdirSync(to, { recursive: true });
    for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
      const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
      if (entry.isDirectory()) {
        if (!fs.statSync(target, { throwIfNoEntry: false })?.isDirectory())
          fs.rmSync(target, { force: true });
        link(source, target);
      } else {
        fs.rmSync(target, { recursive: true, force: true });
        fs.linkSync(source, target);
      }
    }
  };
  for (const layer of layers) link(layer, opt);
  return opt;
}

/** Removes MiniStack's links to layers from the code's own node_modules. */
function removeLinks() {
  const modules = path.join(process.cwd(), 'node_modules');
  for (const name of fs.existsSync(modules) ? fs.readdirSync(modules) : []) {
    const link = path.join(modules, name);
    if (fs.lstatSync(link).isSymbolicLink() && layers.some((l) => fs.readlinkSync(link).startsWith(l)))
      fs.unlinkSync(link);
  }
}

if (layers.length > 0) {
  removeLinks();
  const opt = merged();
  const inOpt = (file) =>
    file === '/opt' || file.startsWith('/opt/') ? path.join(opt, file.slice(4)) : file;

  const major = process.versions.node.split('.')[0];
  const packages = [`nodejs/node${major}/node_modules`, 'nodejs/node_modules'].map((folder) =>
    path.join(opt, folder),
  );
  process.env.NODE_PATH = packages.join(path.delimiter);
  Module._initPaths();

  /** Resolves bare imports of ES modules: Node.js uses NODE_PATH for CommonJS only. */
  const resolveBare = (specifier, context, next) => {
    try {
      return next(specifier, context);
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND' || /^[./]|^[a-z]+:/.test(specifier)) throw error;
      for (const folder of packages) {
        const parentURL = pathToFileURL(path.join(path.dirname(folder), 'index.mjs')).href;
        try {
          return next(specifier, { ...context, parentURL });
        } catch {}
      }
      throw error;
    }
  };

  const resolveFilename = Module._resolveFilename;
  Module._resolveFilename = function (request, ...rest) {
    return resolveFilename.call(this, inOpt(request), ...rest);
  };
  Module.registerHooks({
    resolve(specifier, context, next) {
      const file = specifier.startsWith('file:///opt/') ? fileURLToPath(specifier) : specifier;
      if (!file.startsWith('/opt/')) return resolveBare(specifier, context, next);
      if (!context.conditions.includes('import')) return next(inOpt(file), context);
      return next(pathToFileURL(inOpt(file)).href, context);
    },
  });

  const shown = (file) => {
    if (typeof file === 'string') return inOpt(file);
    return file instanceof URL && file.protocol === 'file:' ? inOpt(fileURLToPath(file)) : file;
  };
  const readers =
    'access exists lstat open opendir readFile readdir readlink realpath stat createReadStream'.split(' ');
  for (const target of [fs, fs.promises])
    for (const name of readers.flatMap((reader) => [reader, `${reader}Sync`])) {
      const read = target[name];
      if (typeof read !== 'function') continue;
      target[name] = Object.assign((file, ...rest) => read.call(target, shown(file), ...rest), read);
    }
  Module.syncBuiltinESMExports();
}
