// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { sha256 } from './artifact.mjs';
import { isInstalled, packageFolder } from './inputs.mjs';

/** Folder of the dependency layer's files in Lambda. */
export const VENDOR_FOLDER = '/opt/nodejs/v/';

const LIBRARY = 'cdk-trellis';

/** A specifier that is neither absolute nor relative; tools generate folders such as node_modules/.prisma. */
const PACKAGE = /^([^./]|\.[^./]|\.\.[^/])/;

/** Packages that exist at synth only; a handler cannot use them. */
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
 *   resolved: Map<string, Promise<import('esbuild').OnResolveResult | undefined>>,
 * }} Scope
 */

/**
 * Resolves each import by package name to its location at run time: a shared layer, the dependency layer (packages in
 * node_modules, and this library's runtime), or the bundle (the project's own code: workspace packages, paths of
 * tsconfig.json).
 *
 * @param {import('./protocol.mjs').Unit} unit
 * @param {Map<string, Vendor>} vendors filled with the imported packages, by specifier in the output
 * @param {Set<string>} links filled with the folders of packages, which may be links
 * @returns {import('esbuild').Plugin}
 */
export function imports(unit, vendors, links) {
  return {
    name: 'trellis-imports',
    setup(build) {
      /** @type {Scope} */
      const scope = { build, unit, vendors, links, resolved: new Map() };
      build.onResolve({ filter: PACKAGE }, async (args) => {
        if (args.kind === 'entry-point' || args.pluginData === scope) return undefined;
        const key = `${args.path}\0${args.resolveDir}\0${args.kind}`;
        const pending = scope.resolved.get(key) ?? resolveImport(aliased(args, unit), scope);
        scope.resolved.set(key, pending);
        const found = await pending;
        vendors.get(found?.path ?? '')?.importers.add(slashed(relative(unit.root, args.importer)));
        return found;
      });
    },
  };
}

/**
 * Applies the user's aliases to an import. esbuild applies its own aliases after plugins, too late to determine the
 * location of a package.
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
    return failure(
      `"${args.path}" exists at synth only and cannot be imported by code that runs in Lambda. Move what the handler needs into a file without constructs, or use \`import type\`.`,
    );
  }
  if (isBuiltin(args.path))
    return isRequire ? requireFailure(args.path) : { path: args.path, external: true };
  const layer = unit.layers.find(({ name }) => args.path === name || args.path.startsWith(`${name}/`));
  if (layer) return isRequire ? requireFailure(args.path) : fromLayer(args.path, layer);

  const { kind, importer, resolveDir } = args;
  const found = await build.resolve(args.path, { kind, importer, resolveDir, pluginData: scope });
  if (found.errors.length > 0 || found.external) return found;
  const holder = holderOf(args.path, resolveDir);
  if (holder) scope.links.add(join(holder, 'node_modules', packageName(args.path)));
  const isVendor = packageName(args.path) === LIBRARY || isInstalled(found.path);
  if (!isVendor) return { ...found, pluginData: undefined };
  return isRequire ? requireFailure(args.path) : vendor(args, found.path, scope);
}

/**
 * @param {string} specifier
 * @param {import('./protocol.mjs').LayerPackage} layer
 */
function fromLayer(specifier, layer) {
  const subpath = `.${specifier.slice(layer.name.length)}`;
  const path = layer.files[subpath];
  if (path) return { path, external: true };
  const exported = Object.keys(layer.files).join(', ');
  return failure(
    `The layer ${layer.name} does not export "${subpath}"; its package.json exports ${exported}.`,
  );
}

/**
 * Returns the external path of a package's module. Its hash is a placeholder of the final length: the names used are
 * known only after the build, and a replacement of equal length keeps the source map valid.
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
function failure(text) {
  return { errors: [{ text }] };
}

/** @param {string} specifier */
function requireFailure(specifier) {
  return failure(
    `Handlers are bundled as ES modules: write \`import\` instead of require("${specifier}") in this file.`,
  );
}

/** @param {string} specifier */
export function packageName(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * Identifies a copy of a package by the folder where it is found. A version would change the code of every function
 * that uses the package at each upgrade. AWS updates a function's layers first and its code seconds later, so that the
 * old code would look for files that the new layer does not have. The target of a link would have the same effect:
 * pnpm's contains the version. Two folders that lead to one copy become one module in the layer.
 *
 * @param {import('esbuild').OnResolveArgs} args
 * @param {string} file
 * @param {string} root
 * @returns {{ identity: string, from: string }} `from` is the folder from which it resolves
 */
function origin({ path, resolveDir }, file, root) {
  const name = packageName(path);
  const place = (/** @type {string} */ folder) => slashed(relative(root, folder));
  const holder = holderOf(path, resolveDir);
  const from = place(holder ?? nearestPackage(resolveDir));
  const isInside = from !== '..' && !from.startsWith('../');
  if (holder && isInside) return { identity: `${from && `${from}/`}node_modules/${name}`, from };
  // Yarn's Plug'n'Play has no such folders: the result depends on the importing package.
  if (isInside && existsSync(join(root, '.pnp.cjs'))) return { identity: `${name} of ${from}`, from };
  // The target of a `#` import is in a package.json of the project, which may change.
  const target = path.startsWith('#') ? `${slashed(relative(packageFolder(file) ?? '', file))} of ` : '';
  return { identity: target + packageVersion(dirname(file)), from };
}

/** Returns the folder whose node_modules contains the package. @param {string} path @param {string} resolveDir */
function holderOf(path, resolveDir) {
  const name = packageName(path);
  return foldersAbove(resolveDir).find((folder) => existsSync(join(folder, 'node_modules', name)));
}

/** Returns the nearest folder with a package.json. @param {string} folder */
function nearestPackage(folder) {
  return foldersAbove(folder).find((above) => existsSync(join(above, 'package.json'))) ?? folder;
}

/** @param {string} folder @returns {string[]} the folder and those above it */
function foldersAbove(folder) {
  return folder === dirname(folder) ? [folder] : [folder, ...foldersAbove(dirname(folder))];
}

/** Converts a path to esbuild's separators. @param {string} path */
export function slashed(path) {
  return path.replaceAll('\\', '/');
}

/**
 * Returns name and version of a package outside the project, whose folder differs by machine.
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
