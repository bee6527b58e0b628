// @ts-check
import { isBuiltin } from 'node:module';
import { basename, extname } from 'node:path';
import { CodeError } from './errors.mjs';
import { copied } from './files.mjs';
import { packageName } from './imports.mjs';
import { installed } from './installed.mjs';
import {
  hasLambdasLibrary,
  isFor,
  isGenerated,
  isNative,
  isOptionalFor,
  manifestOf,
  missingText,
  platformsOf,
} from './native.mjs';

/** What packages need to be built, not to run. */
const BUILD_ONLY = ['nan', 'node-addon-api', 'node-gyp', 'napi-postinstall', 'prebuild-install', 'cmake-js'];

/** What compilers read and leave, which can be many times larger than the addon. */
const BUILD_FILES = ['.c', '.cc', '.cpp', '.cxx', '.h', '.hh', '.hpp', '.mm', '.o', '.a', '.gyp', '.gypi'];

/**
 * @typedef {import('./apart.mjs').Apart} Apart
 * @typedef {{ name: string, version: string, bytes: number }} Package
 * @typedef {import('./files.mjs').Copies & { packages: Package[] }} NodeModules
 */

/**
 * Copies packages as they are installed, with all that they need, into a folder where Node.js finds them.
 *
 * @param {Apart} apart machine code for other platforms than theirs is left out
 * @returns {NodeModules} with the size of each package
 * @throws CodeError when something is not installed, or not for one of the platforms
 */
export function nodeModules(apart) {
  /** @type {NodeModules} */
  const result = { files: {}, executables: new Set(), sources: new Set(), packages: [] };
  for (const [place, { folder, platforms }] of layout(apart)) {
    const manifest = manifestOf(folder);
    const size = { name: manifest.name, version: manifest.version ?? '', bytes: 0 };
    result.packages.push(size);
    const { files, executables, sources } = copied({ '.': folder }, isPackageFile);
    for (const source of sources) result.sources.add(source);
    for (const [name, content] of Object.entries(files)) {
      const own = platformsOf(content);
      if (own.length > 0 && !own.some((platform) => platforms.has(platform))) continue;
      size.bytes += content.length;
      result.files[`${place}/${name}`] = content;
      if (executables.has(name)) result.executables.add(`${place}/${name}`);
    }
  }
  return result;
}

/** @param {string} path */
function isPackageFile(path) {
  return basename(path) !== 'node_modules' && !BUILD_FILES.includes(extname(path));
}

/**
 * Where each package goes: at the top, or within the one that needs it if another version is at the top.
 *
 * @param {Apart} apart
 * @returns {Map<string, { folder: string, platforms: Set<string> }>} the folders of packages, by their places, with the
 *   platforms that they are needed for
 */
function layout(apart) {
  /** @type {ReturnType<typeof layout>} */
  const places = new Map();
  const errors = [];
  for (const [name, one] of [...apart].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { folder, isOptional, entries, platforms } = one;
    const missing = one.isNative ? missingFor(folder, platforms) : undefined;
    if (missing && !isOptional) errors.push({ text: missing, entries });
    if (!missing) places.set(`node_modules/${name}`, { folder, platforms: new Set(platforms) });
  }
  if (errors.length > 0) throw new CodeError(errors);
  // A Set is iterated with what is added meanwhile.
  const queue = new Set(places.keys());
  const put = (
    /** @type {string} */ place,
    /** @type {string} */ folder,
    /** @type {Set<string>} */ platforms,
  ) => {
    const known = places.get(place);
    if (known && [...platforms].every((platform) => known.platforms.has(platform))) return;
    places.set(place, { folder, platforms: new Set([...(known?.platforms ?? []), ...platforms]) });
    queue.delete(place);
    queue.add(place);
  };
  for (const place of queue) {
    const { folder, platforms } = /** @type {{ folder: string, platforms: Set<string> }} */ (
      places.get(place)
    );
    for (const [name, needed] of needs(folder, [...platforms])) {
      const seen = placesAbove(place)
        .map((above) => `${above}node_modules/${name}`)
        .find((candidate) => places.has(candidate));
      if (seen === undefined) put(`node_modules/${name}`, needed, platforms);
      else if (places.get(seen)?.folder === needed) put(seen, needed, platforms);
      else put(`${place}/node_modules/${name}`, needed, platforms);
    }
  }
  return places;
}

/** The folders in whose node_modules Node.js looks, nearest first. @param {string} place @returns {string[]} */
function placesAbove(place) {
  const parts = place.split('node_modules/');
  const above = parts.map((_, index) => parts.slice(0, index).join('node_modules/')).slice(1);
  return [`${place}/`, ...above.reverse()];
}

/**
 * The packages that a package needs in Lambda, and has not to be built only.
 *
 * @param {string} folder
 * @param {readonly string[]} platforms
 * @returns {[name: string, folder: string][]}
 */
function needs(folder, platforms) {
  const manifest = manifestOf(folder);
  const { name, dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = manifest;
  const { peerDependenciesMeta = {} } = manifest;
  /** @type {[string, string][]} */
  const found = [];
  const declared = { ...dependencies, ...optionalDependencies, ...peerDependencies, ...peerDependenciesMeta };
  const names = new Set([...Object.keys(declared), ...undeclared(folder)]);
  for (const needed of [...names].sort()) {
    if (BUILD_ONLY.includes(needed)) continue;
    const target = installed(needed, folder);
    const error = target
      ? isNative(target) && missingFor(target, platforms)
      : `${name} needs ${needed}, which is not installed (looked for from ${folder}): install the project's packages again.`;
    if (target && !error && isFor(manifestOf(target), platforms)) found.push([needed, target]);
    const isRequired = needed in dependencies && !isOptionalFor(manifest, needed);
    if (error && isRequired) throw new CodeError([{ text: error }]);
  }
  return found;
}

const REQUIRED = /\b(?:require\s*\(|from|import\s*\(?)\s*["']([^"'\n]+)["']/g;

/**
 * What a package loads without saying so: a generated client that is not installed but made, and all that such a client
 * loads itself.
 *
 * @param {string} folder
 * @returns {string[]}
 */
function undeclared(folder) {
  const all = isGenerated(folder);
  const { files } = copied(
    { '.': folder },
    (path) => isPackageFile(path) && !/\.(node|wasm|map)$/.test(path),
  );
  const texts = Object.entries(files).filter(([name]) => /\.[cm]?js$/.test(name));
  const specifiers = texts.flatMap(([, content]) =>
    [...Buffer.from(content).toString().matchAll(REQUIRED)].map(([, specifier = '']) => specifier),
  );
  const packages = specifiers.filter((one) => /^\.[^./]/.test(one) || (all && /^[^.#/]/.test(one)));
  const names = packages.filter((one) => !isBuiltin(one)).map(packageName);
  return [...new Set(names)].filter((name) => name !== basename(folder));
}

/**
 * Why a native package cannot run on all of the platforms, if so.
 *
 * @param {string} folder
 * @param {readonly string[]} platforms
 */
function missingFor(folder, platforms) {
  const manifest = manifestOf(folder);
  const { optionalDependencies = {} } = manifest;
  const parts = Object.keys(optionalDependencies)
    .flatMap((name) => installed(name, folder) ?? [])
    .filter((part) => hasLambdasLibrary(manifestOf(part)));
  const contents = [folder, ...parts].flatMap((part) =>
    Object.values(copied({ '.': part }, isPackageFile).files),
  );
  const found = new Set(contents.flatMap(platformsOf));
  const missing = platforms.find((platform) => !found.has(platform));
  return missing && missingText(manifest, missing, found);
}
