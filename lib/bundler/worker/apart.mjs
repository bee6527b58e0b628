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
 *   folder: string,
 *   isNative: boolean,
 *   isOptional: boolean,
 *   entries: string[],
 *   platforms: string[],
 * }} ApartPackage
 *   A package that is not bundled. Optional is one that its users do without; `entries` are those of the layer that
 *   lead to it, `platforms` those of the functions that use it.
 * @typedef {Map<string, ApartPackage>} Apart by the packages' names
 */

/** The namespace of addons, which are no modules that esbuild could read. */
const ADDON = 'trellis-addon';

/**
 * Leaves packages out of the bundle, and addons out of those that nobody has known to be native.
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
          const found = installed(name, resolveDir);
          return found === undefined || found === folder
            ? { path, external: true }
            : { errors: [{ text: twiceText(name, folder, found) }] };
        });
      }
    },
  };
}

/**
 * The native packages in a build, as far as something imports them that is not native itself.
 *
 * @param {import('./protocol.mjs').DependencySet} set
 * @param {import('esbuild').Metafile} metafile
 * @returns {Apart}
 * @throws CodeError when there are two versions of one
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
 * @param {string | undefined} importer the folder of the package that imports it
 * @param {string} id
 */
function addRoot(roots, folder, importer, id) {
  const { name } = manifestOf(folder);
  const isOptional = importer !== undefined && isOptionalFor(manifestOf(importer), name);
  const known = roots.get(name);
  if (known && known.folder !== folder)
    throw new CodeError([{ text: twiceText(name, known.folder, folder), entries: [...known.entries, id] }]);
  roots.set(name, {
    folder,
    isNative: true,
    isOptional: isOptional && (known?.isOptional ?? true),
    entries: [...(known?.entries ?? []), id],
    platforms: [],
  });
}

/**
 * Packages that are not bundled, with the platforms of the functions whose entries lead to them.
 *
 * @param {import('./protocol.mjs').DependencySet} set
 * @param {import('esbuild').Metafile} metafile of the build without them
 * @param {Apart} apart
 * @returns {Apart}
 */
export function withPlatforms({ entries }, { inputs }, apart) {
  const found = new Map([...apart].map(([name, one]) => [name, new Set(one.platforms)]));
  if (apart.size === 0) return apart;
  for (const { id, platforms } of entries) {
    const queue = new Set([VIRTUAL + id]);
    for (const importer of queue) {
      for (const { path, external } of inputs[importer]?.imports ?? []) {
        if (!external) queue.add(path);
        else for (const platform of platforms) found.get(packageName(path))?.add(platform);
      }
    }
  }
  return new Map(
    [...apart].map(([name, one]) => [name, { ...one, platforms: [...(found.get(name) ?? [])].sort() }]),
  );
}

/** @param {string} name @param {string} one @param {string} other */
function twiceText(name, one, other) {
  const versions = [one, other].map((folder) => `${manifestOf(folder).version} in ${folder}`).join(' and ');
  return `The functions of a stack can have one version of ${name}, which is not bundled, but there is ${versions}. Use one version, or put the functions into stacks of their own.`;
}
