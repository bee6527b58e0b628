// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { sha256 } from './artifact.mjs';
import { isInstalled, packageFolder } from './inputs.mjs';

/** Where the automatic layer's files are in Lambda. */
export const VENDOR_FOLDER = '/opt/nodejs/v/';

const LIBRARY = 'cdk-trellis';

/** Neither absolute nor relative; tools generate folders like node_modules/.prisma. */
const PACKAGE = /^([^./]|\.[^./]|\.\.[^/])/;

/** What a handler can never use: it exists at synth only. */
const SYNTH_ONLY = /^(aws-cdk-lib(\/.*)?|@aws-cdk\/(?!toolkit).*|constructs|cdk-trellis(\/testing)?)$/;

/**
 * @typedef {{
 *   specifier: string,
 *   identity: string,
 *   from: string,
 *   file: string,
 *   slug: string,
 *   importers: Set<string>,
 * }} Vendor
 * @typedef {{
 *   build: import('esbuild').PluginBuild,
 *   unit: import('./protocol.mjs').Unit,
 *   vendors: Map<string, Vendor>,
 *   links: Set<string>,
 *   memory: Map<string, Promise<import('esbuild').OnResolveResult | undefined>>,
 * }} Scope
 */

/**
 * Decides for each import by package name where it is at run time: in a shared layer, in the automatic layer (what
 * comes from node_modules, and this library's runtime), or in the bundle (what belongs to the project: workspace
 * packages, paths of tsconfig.json).
 *
 * @param {import('./protocol.mjs').Unit} unit
 * @param {Map<string, Vendor>} vendors is filled, by specifier in the output
 * @param {Set<string>} links is filled with where packages are found, which may be links
 * @returns {import('esbuild').Plugin}
 */
export function imports(unit, vendors, links) {
  return {
    name: 'trellis-imports',
    setup(build) {
      /** @type {Scope} */
      const scope = { build, unit, vendors, links, memory: new Map() };
      build.onResolve({ filter: PACKAGE }, async (args) => {
        if (args.kind === 'entry-point' || args.pluginData === scope) return undefined;
        const key = `${args.path}\0${args.resolveDir}\0${args.kind}`;
        const known = scope.memory.get(key) ?? resolveImport(aliased(args, unit), scope);
        scope.memory.set(key, known);
        const found = await known;
        vendors.get(found?.path ?? '')?.importers.add(slashed(relative(unit.root, args.importer)));
        return found;
      });
    },
  };
}

/**
 * What the user has said that an import means. esbuild's own aliases come after plugins, which is too late to tell
 * where a package is.
 *
 * @template {{ path: string, resolveDir: string }} Args
 * @param {Args} args
 * @param {Pick<import('./protocol.mjs').Unit, 'root' | 'options'>} unit
 * @returns {Args}
 */
export function aliased(args, { root, options: { alias = {} } }) {
  const name = Object.keys(alias)
    .filter((candidate) => args.path === candidate || args.path.startsWith(`${candidate}/`))
    .sort((a, b) => b.length - a.length)[0];
  if (name === undefined) return args;
  return { ...args, path: alias[name] + args.path.slice(name.length), resolveDir: root };
}

/**
 * @param {import('esbuild').OnResolveArgs} args
 * @param {Scope} scope
 * @returns {Promise<import('esbuild').OnResolveResult | undefined>}
 */
async function resolveImport(args, scope) {
  const { unit, build } = scope;
  const isRequire = args.kind === 'require-call' || args.kind === 'require-resolve';
  if (SYNTH_ONLY.test(args.path)) {
    return refuse(
      `"${args.path}" exists at synth only and cannot be imported by code that runs in Lambda. Move what the handler needs into a file without constructs, or use \`import type\`.`,
    );
  }
  if (isBuiltin(args.path)) return isRequire ? refuseRequire(args.path) : { path: args.path, external: true };
  const layer = unit.layers.find(({ name }) => args.path === name || args.path.startsWith(`${name}/`));
  if (layer) return isRequire ? refuseRequire(args.path) : fromLayer(args.path, layer);

  const { kind, importer, resolveDir } = args;
  const found = await build.resolve(args.path, { kind, importer, resolveDir, pluginData: scope });
  if (found.errors.length > 0 || found.external) return found;
  const holder = holderOf(args.path, resolveDir);
  if (holder) scope.links.add(join(holder, 'node_modules', packageName(args.path)));
  const isVendor = packageName(args.path) === LIBRARY || isInstalled(found.path);
  if (!isVendor) return { ...found, pluginData: undefined };
  return isRequire ? refuseRequire(args.path) : vendor(args, found.path, scope);
}

/**
 * @param {string} specifier
 * @param {import('./protocol.mjs').LayerPackage} layer
 */
function fromLayer(specifier, layer) {
  const subpath = `.${specifier.slice(layer.name.length)}`;
  const path = layer.files[subpath];
  if (path) return { path, external: true };
  const given = Object.keys(layer.files).join(', ');
  return refuse(`The layer ${layer.name} does not export "${subpath}"; its package.json exports ${given}.`);
}

/**
 * The hash in the path is a stand-in of the right length for now: which names are used is known after the build,
 * and a replacement of equal length leaves the source map right.
 *
 * @param {import('esbuild').OnResolveArgs} args
 * @param {string} file
 * @param {Scope} scope
 */
function vendor(args, file, { unit, vendors }) {
  const { identity, from } = origin(args, file, unit.root);
  const slug = args.path
    .replace(/[^\w.]+/g, '-')
    .replace(/^[-.]+/, '')
    .slice(0, 60);
  const path = `${VENDOR_FOLDER}${slug}-${sha256(args.path, '\0', identity).slice(0, 8)}.mjs`;
  const importers = vendors.get(path)?.importers ?? new Set();
  vendors.set(path, { specifier: args.path, identity, from, file, slug, importers });
  return { path, external: true };
}

/** @param {string} text */
function refuse(text) {
  return { errors: [{ text }] };
}

/** @param {string} specifier */
function refuseRequire(specifier) {
  return refuse(
    `Handlers are bundled as ES modules: write \`import\` instead of require("${specifier}") in this file.`,
  );
}

/** @param {string} specifier */
export function packageName(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * Tells copies of a package from one another by where they are found. Not by version: an upgrade would then change
 * the code of every function that uses the package, and AWS updates a function's layers first and its code seconds
 * later; in between the old code would look for files that the new layer does not have. Nor by where a link leads:
 * pnpm's has the version in its path. Two places that lead to one copy become one module in the layer.
 *
 * @param {import('esbuild').OnResolveArgs} args
 * @param {string} file
 * @param {string} root
 * @returns {{ identity: string, from: string }} `from` is the folder to find it from
 */
function origin({ path, resolveDir }, file, root) {
  const name = packageName(path);
  const place = (/** @type {string} */ folder) => slashed(relative(root, folder));
  const holder = holderOf(path, resolveDir);
  const from = place(holder ?? asking(resolveDir));
  const isInside = from !== '..' && !from.startsWith('../');
  if (holder && isInside) return { identity: `${from && `${from}/`}node_modules/${name}`, from };
  // Yarn's Plug'n'Play has no such folders: what a package gets depends on the package that asks.
  if (isInside && existsSync(join(root, '.pnp.cjs'))) return { identity: `${name} of ${from}`, from };
  // What it stands for is in a package.json of the project, which may change.
  const target = path.startsWith('#') ? `${slashed(relative(packageFolder(file) ?? '', file))} of ` : '';
  return { identity: target + packageVersion(dirname(file)), from };
}

/** The folder whose node_modules has the package. @param {string} path @param {string} resolveDir */
function holderOf(path, resolveDir) {
  const name = packageName(path);
  return foldersAbove(resolveDir).find((folder) => existsSync(join(folder, 'node_modules', name)));
}

/** The nearest folder with a package.json. @param {string} folder */
function asking(folder) {
  return foldersAbove(folder).find((above) => existsSync(join(above, 'package.json'))) ?? folder;
}

/** @param {string} folder @returns {string[]} the folder and those above it */
function foldersAbove(folder) {
  return folder === dirname(folder) ? [folder] : [folder, ...foldersAbove(dirname(folder))];
}

/** A path with the separators of esbuild's. @param {string} path */
export function slashed(path) {
  return path.replaceAll('\\', '/');
}

/**
 * Name and version of a package outside the project, whose place differs by machine.
 *
 * @param {string} folder
 * @returns {string}
 */
function packageVersion(folder) {
  const manifest = join(folder, 'package.json');
  if (existsSync(manifest)) {
    const { name, version } = JSON.parse(readFileSync(manifest, 'utf8'));
    if (name && version) return `${name}@${version}`;
  }
  return folder === dirname(folder) ? '' : packageVersion(dirname(folder));
}
