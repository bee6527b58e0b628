// @ts-check
import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';

/**
 * @typedef {{ inputs: Set<string>, absent: Set<string> }} Dependencies
 *   Files by their absolute paths: those that a bundle is made from, and those that would be among them if they were
 *   there.
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

/** @param {Dependencies} found @param {string} file or folder @returns whether it is a file */
export function note(found, file) {
  const stat = statSync(file, { throwIfNoEntry: false });
  (stat ? found.inputs : found.absent).add(file);
  return stat?.isFile() ?? false;
}

/**
 * Adds what changes a bundle without being in it: each folder above a source may have a package.json (`type`,
 * `sideEffects`, `imports`, the exports of a workspace) and a tsconfig.json, which may extend others.
 *
 * @param {Dependencies} found
 * @param {Iterable<string>} sources
 * @param {string | undefined} tsconfig the one that is used for all
 * @param {Map<string, Dependencies>} memory what is known of folders
 */
export function noteSettings(found, sources, tsconfig, memory) {
  for (const folder of new Set([...sources].map((source) => dirname(source)))) {
    const known = memory.get(folder) ?? settingsAbove(folder, tsconfig);
    memory.set(folder, known);
    for (const file of known.inputs) found.inputs.add(file);
    for (const file of known.absent) found.absent.add(file);
  }
}

/** @param {string} folder @param {string | undefined} tsconfig */
function settingsAbove(folder, tsconfig) {
  const found = dependencies();
  for (let at = folder; ; at = dirname(at)) {
    note(found, join(at, 'package.json'));
    if (tsconfig === undefined) noteTsconfig(found, join(at, 'tsconfig.json'));
    if (at === dirname(at)) break;
  }
  if (tsconfig !== undefined) noteTsconfig(found, tsconfig);
  return found;
}

/** The value of `extends`; a comment that has one adds a file too many, which does no harm. */
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
 * What a tsconfig.json may mean by `extends`.
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
      // Not by this name: esbuild tells when it is by none.
      return [];
    }
  });
}

/** Modules that a plugin has made up, and data URLs, have no file: `name:path`, `<data:...>`. @param {string} input */
export function isVirtual(input) {
  return /^([\w.+-]{2,}:|[<(])/.test(input);
}

/** @param {string} file */
export function isInstalled(file) {
  return /[\\/]node_modules[\\/]/.test(file);
}

/**
 * Adds files of packages, and each package.json above them, up to their packages: a nested one has a `type` or
 * `sideEffects` of its own.
 *
 * @param {Dependencies} found
 * @param {Iterable<string>} files
 */
export function notePackageFiles(found, files) {
  const folders = new Set();
  for (const file of files) {
    found.inputs.add(file);
    const top = packageFolder(file);
    for (let at = dirname(file); top && at.length >= top.length && !folders.has(at); at = dirname(at)) {
      folders.add(at);
      const manifest = join(at, 'package.json');
      if (at === top || existsSync(manifest)) note(found, manifest);
    }
  }
}

/** The folder of an installed package that a file is in. @param {string} file */
export function packageFolder(file) {
  return /^.*[\\/]node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0];
}

/**
 * Adds the links by which a package is found: what they lead to may change while nothing else does.
 *
 * @param {Dependencies} found
 * @param {string} folder of node_modules where a package is found
 */
export function noteLink(found, folder) {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) found.inputs.add(folder);
}
