// @ts-check
import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';

/**
 * @typedef {{ inputs: Set<string>, absent: Set<string> }} Dependencies
 *   Files by their absolute paths: the inputs of a bundle, and the absent files that would be inputs if they existed.
 */

/** @returns {Dependencies} */
export function dependencies() {
  return { inputs: new Set(), absent: new Set() };
}

/** @param {string} root @param {Dependencies} found */
export function relativeTo(root, { inputs, absent }) {
  const paths = (/** @type {Set<string>} */ files) => [...files].map((file) => relative(root, file)).sort();
  return { inputs: paths(inputs), absent: paths(absent) };
}

/** @param {Dependencies} found @param {string} file file or folder @returns true if it is a file */
export function note(found, file) {
  const stat = statSync(file, { throwIfNoEntry: false });
  (stat ? found.inputs : found.absent).add(file);
  return stat?.isFile() ?? false;
}

/**
 * Adds the settings that affect a bundle: each folder above a source may have a package.json (`type`, `sideEffects`,
 * `imports`, the exports of a workspace) and a tsconfig.json, which may extend others.
 *
 * @param {Dependencies} found
 * @param {Iterable<string>} sources
 * @param {string | undefined} tsconfig the one used for all files
 * @param {Map<string, Dependencies>} cached settings by folder
 */
export function noteSettings(found, sources, tsconfig, cached) {
  for (const folder of new Set([...sources].map((source) => dirname(source)))) {
    const settings = cached.get(folder) ?? settingsAbove(folder, tsconfig);
    cached.set(folder, settings);
    for (const file of settings.inputs) found.inputs.add(file);
    for (const file of settings.absent) found.absent.add(file);
  }
}

/** @param {string} folder @param {string | undefined} tsconfig */
function settingsAbove(folder, tsconfig) {
  const found = dependencies();
  for (let current = folder; ; current = dirname(current)) {
    note(found, join(current, 'package.json'));
    if (tsconfig === undefined) noteTsconfig(found, join(current, 'tsconfig.json'));
    if (current === dirname(current)) break;
  }
  if (tsconfig !== undefined) noteTsconfig(found, tsconfig);
  return found;
}

/** The value of `extends`. A match in a comment adds an unneeded file, which is harmless. */
const EXTENDS = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/g;

/** @param {Dependencies} found @param {string} file */
function noteTsconfig(found, file) {
  if (found.inputs.has(file) || !note(found, file)) return;
  for (const [, value = ''] of readFileSync(file, 'utf8').matchAll(EXTENDS)) {
    for (const [specifier] of value.matchAll(/"[^"]*"/g)) noteBase(found, file, JSON.parse(specifier));
  }
}

/** @param {Dependencies} found @param {string} file @param {string} specifier */
function noteBase(found, file, specifier) {
  for (const base of basesOf(file, specifier)) noteTsconfig(found, base);
}

/**
 * Returns the candidates for the `extends` of a tsconfig.json.
 *
 * @param {string} file
 * @param {string} specifier
 * @returns {string[]}
 */
export function basesOf(file, specifier) {
  if (/^(\.{1,2}([\\/]|$)|[\\/]|\w:[\\/])/.test(specifier)) {
    const path = resolve(dirname(file), specifier);
    return path.endsWith('.json') ? [path] : [path, `${path}.json`];
  }
  const { resolve: find } = createRequire(file);
  return [specifier, `${specifier}.json`, `${specifier}/tsconfig.json`].flatMap((candidate) => {
    try {
      const base = realpathSync(find(candidate));
      return base.endsWith('.json') ? [base] : [];
    } catch {
      // No such file. esbuild reports an error if no candidate exists.
      return [];
    }
  });
}

/**
 * Returns true for inputs without a file: virtual modules of plugins and data URLs (`name:path`, `<data:...>`).
 *
 * @param {string} input
 */
export function isVirtual(input) {
  return /^([\w.+-]{2,}:|[<(])/.test(input);
}

/** @param {string} file */
export function isInstalled(file) {
  return /[\\/]node_modules[\\/]/.test(file);
}

/**
 * Adds files of packages and each package.json above them, up to the package's folder: a nested one has its own `type`
 * or `sideEffects`.
 *
 * @param {Dependencies} found
 * @param {Iterable<string>} files
 */
export function notePackageFiles(found, files) {
  const folders = new Set();
  for (const file of files) {
    found.inputs.add(file);
    const top = packageFolder(file);
    for (
      let folder = dirname(file);
      top && folder.length >= top.length && !folders.has(folder);
      folder = dirname(folder)
    ) {
      folders.add(folder);
      const manifest = join(folder, 'package.json');
      if (folder === top || existsSync(manifest)) note(found, manifest);
    }
  }
}

/** Returns the folder of the installed package that contains a file. @param {string} file */
export function packageFolder(file) {
  return /^.*[\\/]node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0];
}

/**
 * Adds the links through which a package is found: their targets may change while nothing else does.
 *
 * @param {Dependencies} found
 * @param {string} folder of the package in node_modules
 */
export function noteLink(found, folder) {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) found.inputs.add(folder);
}
