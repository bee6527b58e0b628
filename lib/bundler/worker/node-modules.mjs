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

/** Packages that are needed to build others, not to run them. */
const BUILD_ONLY = ['nan', 'node-addon-api', 'node-gyp', 'napi-postinstall', 'prebuild-install', 'cmake-js'];

/** Extensions of compiler inputs and outputs, which can be many times larger than the addon. */
const BUILD_FILES = ['.c', '.cc', '.cpp', '.cxx', '.h', '.hh', '.hpp', '.mm', '.o', '.a', '.gyp', '.gypi'];

/**
 * @typedef {import('./apart.mjs').Apart} Apart
 * @typedef {{ name: string, version: string, bytes: number }} Package
 * @typedef {import('./files.mjs').Copies & { packages: Package[] }} NodeModules
 */

/**
 * Copies installed packages with their dependencies into a folder where Node.js finds them.
 *
 * @param {Apart} apart packages; machine code for other platforms than theirs is left out
 * @returns {NodeModules} with the size of each package
 * @throws CodeError if a package is not installed, or not for one of the platforms
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
      const supported = platformsOf(content);
      if (supported.length > 0 && !supported.some((platform) => platforms.has(platform))) continue;
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
 * Determines the target of each package: the top level, or inside its dependent if another version is at the top level.
 *
 * @param {Apart} apart
 * @returns {Map<string, { folder: string, platforms: Set<string> }>} folders and platforms of packages, by target
 */
function layout(apart) {
  /** @type {ReturnType<typeof layout>} */
  const places = new Map();
  const errors = [];
  for (const [name, item] of [...apart].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { folder, isNative, isOptional, entries, platforms } = item;
    const missing = isNative ? missingFor(folder, platforms) : undefined;
    if (missing && !isOptional) errors.push({ text: missing, entries });
    if (!missing) places.set(`node_modules/${name}`, { folder, platforms: new Set(platforms) });
  }
  if (errors.length > 0) throw new CodeError(errors);
  // Iteration over a Set includes entries that are added meanwhile.
  const queue = new Set(places.keys());
  const put = (
    /** @type {string} */ place,
    /** @type {string} */ folder,
    /** @type {Set<string>} */ platforms,
  ) => {
    const previous = places.get(place);
    if (previous && [...platforms].every((platform) => previous.platforms.has(platform))) return;
    places.set(place, { folder, platforms: new Set([...(previous?.platforms ?? []), ...platforms]) });
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

/** Returns the folders in whose node_modules Node.js looks, nearest first. @param {string} place @returns {string[]} */
function placesAbove(place) {
  const parts = place.split('node_modules/');
  const above = parts.map((_, index) => parts.slice(0, index).join('node_modules/')).slice(1);
  return [`${place}/`, ...above.reverse()];
}

/**
 * Returns the packages that a package needs in Lambda, without build-only packages.
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
      : `${name} requires ${needed}, which is not installed (searched from ${folder} upwards). Install the project's packages again.`;
    if (target && !error && isFor(manifestOf(target), platforms)) found.push([needed, target]);
    const isRequired = needed in dependencies && !isOptionalFor(manifest, needed);
    if (error && isRequired) throw new CodeError([{ text: error }]);
  }
  return found;
}

const REQUIRED = /\b(?:require\s*\(|from|import\s*\(?)\s*["']([^"'\n]+)["']/g;

/**
 * Returns the packages that a package loads without declaring them: a generated client, and everything that such a
 * client loads.
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
  const packages = specifiers.filter(
    (specifier) => /^\.[^./]/.test(specifier) || (all && /^[^.#/]/.test(specifier)),
  );
  const names = packages.filter((specifier) => !isBuiltin(specifier)).map(packageName);
  return [...new Set(names)].filter((name) => name !== basename(folder));
}

/**
 * Returns the error if a native package cannot run on all of the platforms.
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
  const available = new Set(contents.flatMap(platformsOf));
  const missing = platforms.find((platform) => !available.has(platform));
  return missing && missingText(manifest, missing, available);
}
