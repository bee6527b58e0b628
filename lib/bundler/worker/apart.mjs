// @ts-check
import { resolve } from 'node:path';
import { CodeError } from './errors.mjs';
import { packageName } from './imports.mjs';
import { packageFolder } from './inputs.mjs';
import { installed } from './installed.mjs';
import { VIRTUAL } from './narrowed.mjs';
import { isNative, isOptionalFor, manifestOf } from './native.mjs';

/**
 * @typedef {{
 *   folder: string, isNative: boolean, isOptional: boolean, entries: string[], platforms: string[],
 * }} ApartPackage
 *   A package that is not bundled. It is optional if its dependents work without it. `entries` are the layer entries
 *   that lead to it, `platforms` the platforms of the functions that use it.
 * @typedef {Map<string, ApartPackage>} Apart by the packages' names
 */

/** The namespace of addons, which esbuild cannot parse. */
const ADDON = 'trellis-addon';

/**
 * Excludes packages from the bundle, and addons of packages that were not recognized as native.
 *
 * @param {Apart} apart
 * @returns {import('esbuild').Plugin}
 */
export function apartPlugin(apart) {
  return {
    name: 'trellis-apart',
    setup(build) {
      build.onResolve({ filter: /\.node$/ }, ({ path }) => ({ path, namespace: ADDON }));
      build.onLoad({ filter: /\.node$/ }, () => ({ contents: '' }));
      for (const [name, { folder }] of apart) {
        const filter = new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(/|$)`);
        build.onResolve({ filter }, ({ path, resolveDir }) => {
          const actual = installed(name, resolveDir);
          return actual === undefined || actual === folder
            ? { path, external: true }
            : { errors: [{ text: twoVersionsText(name, folder, actual) }] };
        });
      }
    },
  };
}

/**
 * Returns the native packages in a build that are imported by a package that is not native.
 *
 * @param {import('./protocol.mjs').DependencySet} set
 * @param {import('esbuild').Metafile} metafile
 * @returns {Apart}
 * @throws CodeError if one package has two versions
 */
export function nativeRoots({ root, entries }, { inputs }) {
  const folderOf = (/** @type {string} */ input) => packageFolder(resolve(root, input));
  const isAddon = (/** @type {{ path: string }} */ { path }) => path.endsWith('.node');
  const withAddon = new Set(
    Object.keys(inputs)
      .filter((input) => isAddon({ path: input }) || inputs[input]?.imports.some(isAddon))
      .map(folderOf),
  );
  /** @type {Apart} */
  const roots = new Map();
  for (const { id } of entries) {
    const queue = [VIRTUAL + id];
    const seen = new Set(queue);
    for (const importer of queue) {
      for (const { path, external } of inputs[importer]?.imports ?? []) {
        if (external || seen.has(path)) continue;
        seen.add(path);
        const folder = folderOf(path);
        const isRoot = folder && (withAddon.has(folder) || isNative(folder));
        if (isRoot) addRoot(roots, folder, folderOf(importer), id);
        else queue.push(path);
      }
    }
  }
  return roots;
}

/**
 * @param {Apart} roots
 * @param {string} folder
 * @param {string | undefined} importer folder of the importing package
 * @param {string} id
 */
function addRoot(roots, folder, importer, id) {
  const { name } = manifestOf(folder);
  const isOptional = importer !== undefined && isOptionalFor(manifestOf(importer), name);
  const previous = roots.get(name);
  if (previous && previous.folder !== folder)
    throw new CodeError([
      { text: twoVersionsText(name, previous.folder, folder), entries: [...previous.entries, id] },
    ]);
  roots.set(name, {
    folder,
    isNative: true,
    isOptional: isOptional && (previous?.isOptional ?? true),
    entries: [...(previous?.entries ?? []), id],
    platforms: [],
  });
}

/**
 * Returns the unbundled packages with the platforms of the functions whose entries lead to them.
 *
 * @param {import('./protocol.mjs').DependencySet} set
 * @param {import('esbuild').Metafile} metafile of the build without them
 * @param {Apart} apart
 * @returns {Apart}
 */
export function withPlatforms({ entries }, { inputs }, apart) {
  const platformsByName = new Map([...apart].map(([name, item]) => [name, new Set(item.platforms)]));
  if (apart.size === 0) return apart;
  for (const { id, platforms } of entries) {
    const queue = new Set([VIRTUAL + id]);
    for (const importer of queue) {
      for (const { path, external } of inputs[importer]?.imports ?? []) {
        if (!external) queue.add(path);
        else for (const platform of platforms) platformsByName.get(packageName(path))?.add(platform);
      }
    }
  }
  return new Map(
    [...apart].map(([name, item]) => [
      name,
      { ...item, platforms: [...(platformsByName.get(name) ?? [])].sort() },
    ]),
  );
}

/** @param {string} name @param {...string} folders */
function twoVersionsText(name, ...folders) {
  const versions = folders.map((folder) => `${manifestOf(folder).version} in ${folder}`).join(' and ');
  return `The functions of a stack must use the same version of ${name}, because it is not bundled, got ${versions}. Use one version, or put the functions into separate stacks.`;
}
