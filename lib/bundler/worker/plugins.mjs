// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin, register } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sha256 } from './artifact.mjs';
import { CodeError } from './errors.mjs';
import { packageName } from './imports.mjs';
import { dependencies, note } from './inputs.mjs';
import { installed } from './installed.mjs';

/** @typedef {import('esbuild').Plugin} Plugin */

/**
 * Loads the user's esbuild plugins from the modules that export them as default.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {Pick<import('./protocol.mjs').Unit, 'root' | 'options'>} unit
 * @returns {Promise<{ plugins: Plugin[], found: import('./inputs.mjs').Dependencies, loaded: Set<string> }>}
 *   `found` are the modules' files, and later the files that the plugins report; `loaded` are later the files that the
 *   plugins load themselves
 */
export async function loadPlugins(esbuild, { root, options: { plugins: modules = [] } }) {
  const found = dependencies();
  const plugins = [];
  for (const module of modules) {
    const { files, packages } = await filesOf(esbuild, root, module);
    for (const file of [...files, ...packages.flatMap(packageFiles)]) note(found, file);
    plugins.push(...(await pluginsOf(root, module, files)));
  }
  /** @type {Set<string>} */
  const loaded = new Set();
  return { plugins: plugins.map((plugin) => watched(plugin, found, loaded)), found, loaded };
}

/**
 * Returns the files of a module and the folders of packages that it imports, from esbuild's metafile.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {string} root
 * @param {string} module
 */
async function filesOf(esbuild, root, module) {
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [module],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: root,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const inputs = Object.entries(metafile.inputs);
  const packages = inputs.flatMap(([input, { imports }]) =>
    imports.flatMap(({ path, external }) => {
      const isPackage = external && !isBuiltin(path) && /^[^./]/.test(path);
      return (isPackage && installed(packageName(path), dirname(resolve(root, input)))) || [];
    }),
  );
  return { files: inputs.map(([input]) => resolve(root, input)), packages: [...new Set(packages)] };
}

/** Returns the files of a plugin's package, without its dependencies. @param {string} folder */
function packageFiles(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.filter((file) => !file.slice(folder.length).includes('node_modules'));
}

/**
 * @param {string} root
 * @param {string} module
 * @param {string[]} files
 * @returns {Promise<Plugin[]>}
 */
async function pluginsOf(root, module, files) {
  const file = relative(root, module);
  /** @type {{ default?: unknown }} */
  const loaded = await loadAgain(module, files).catch((error) => {
    throw new CodeError([{ text: `The plugin ${file} cannot be loaded: ${error?.stack ?? error}` }]);
  });
  const plugins = [loaded.default].flat();
  if (!plugins.every(isPlugin)) {
    const text = `The plugin ${file} must have an esbuild plugin ({ name, setup }) or a list of them as its default export, got ${typeof loaded.default}.`;
    throw new CodeError([{ text }]);
  }
  return /** @type {Plugin[]} */ (plugins);
}

/** Passes a module's version query on to its imports. */
const HOOK = `export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const version = /[?]trellis=\\w+$/.exec(context.parentURL ?? '')?.[0];
  const isOwn = version && found.url.startsWith('file:') && !found.url.includes('/node_modules/');
  return isOwn ? { ...found, url: found.url + version } : found;
}`;

let isHooked = false;

/**
 * Loads a module again if it, or a project file that it imports, has changed: Node.js loads a file once.
 *
 * @param {string} module
 * @param {string[]} files
 */
function loadAgain(module, files) {
  if (!isHooked) register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
  isHooked = true;
  for (const file of files) delete commonJs.cache[file];
  const version = sha256(...files.map((file) => readFileSync(file))).slice(0, 16);
  return import(`${pathToFileURL(module)}?trellis=${version}`);
}

const commonJs = createRequire(import.meta.url);

/** @param {unknown} value */
function isPlugin(value) {
  const { name, setup } = /** @type {Partial<Plugin>} */ (value ?? {});
  return typeof name === 'string' && typeof setup === 'function';
}

/**
 * Wraps a plugin to record the files that its results depend on.
 *
 * @param {Plugin} plugin
 * @param {import('./inputs.mjs').Dependencies} found
 * @param {Set<string>} loaded
 * @returns {Plugin}
 */
function watched({ name, setup }, found, loaded) {
  const record = (
    /** @type {{ watchFiles?: string[], watchDirs?: string[] } | null | undefined} */ result,
  ) => {
    for (const file of [...(result?.watchFiles ?? []), ...(result?.watchDirs ?? [])]) {
      note(found, file);
    }
    return result;
  };
  return {
    name,
    setup: (build) =>
      setup({
        ...build,
        onResolve: (options, callback) =>
          build.onResolve(options, async (args) => record(await callback(args))),
        onLoad: (options, callback) =>
          build.onLoad(options, async (args) => {
            const result = await callback(args);
            record(result);
            if (result?.contents !== undefined) loaded.add(args.path);
            return result;
          }),
      }),
  };
}
