// @ts-check
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageName } from './imports.mjs';
import { packageFolder } from './inputs.mjs';
import { isOptionalFor, manifestOf } from './native.mjs';

/**
 * @typedef {import('esbuild').Message} Message
 * @typedef {Map<string, string>} Missing
 *   Modules that packages can do without, by importing file and specifier, and the name of the package that imports them
 */

const UNRESOLVED = /^Could not resolve "([^"]+)"/;

/**
 * Those of the errors that say only that a package can do more where another one is installed: database drivers, parts of
 * a framework. The package declares it so, or loads it when it is called.
 *
 * @param {string} root
 * @param {readonly Message[]} errors
 * @returns {Promise<Missing>}
 */
export async function optionalModules(root, errors) {
  /** @type {Missing} */
  const found = new Map();
  for (const { text, location } of errors) {
    const specifier = UNRESOLVED.exec(text)?.[1];
    const file = location && resolve(root, location.file);
    const folder = file && packageFolder(file);
    if (!specifier || !folder || /^[./]/.test(specifier)) continue;
    const manifest = manifestOf(folder);
    const isOptional = isOptionalFor(manifest, packageName(specifier));
    if (isOptional || (await isInFunction(file, location))) found.set(keyOf(file, specifier), manifest.name);
  }
  return found;
}

/** @param {string} file @param {string} specifier */
function keyOf(file, specifier) {
  return `${file}\0${specifier}`;
}

/**
 * Leaves such modules to be looked for when the code runs.
 *
 * @param {Missing} missing
 * @returns {import('esbuild').Plugin}
 */
export function optionalPlugin(missing) {
  return {
    name: 'trellis-optional',
    setup(build) {
      if (missing.size === 0) return;
      build.onResolve({ filter: /^[^./]/ }, ({ path, importer }) =>
        missing.has(keyOf(importer, path)) ? { path, external: true } : undefined,
      );
    },
  };
}

/**
 * What to say of them, by the packages that would load them.
 *
 * @param {Missing} missing
 * @returns {import('./protocol.mjs').BuildError[]}
 */
export function optionalWarnings(missing) {
  /** @type {Map<string, Set<string>>} */
  const byPackage = new Map();
  for (const [key, name] of missing) {
    const specifiers = byPackage.get(name) ?? new Set();
    byPackage.set(name, specifiers.add(key.split('\0')[1] ?? ''));
  }
  return [...byPackage]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, specifiers]) => {
      const list = [...specifiers].sort().join(', ');
      const text = `${name} loads ${list} when it needs it, and that is not installed: what needs it fails when it is called. Install what your functions use, and acknowledge this warning for the rest.`;
      return { text };
    });
}

/**
 * What to do about an error in a package.
 *
 * @param {string} root
 * @param {Message} error
 */
export function packageRemedy(root, { text, location }) {
  const folder = location && packageFolder(join(root, location.file));
  if (!folder) return '';
  const { name } = manifestOf(folder);
  const missing = UNRESOLVED.exec(text)?.[1];
  const install = missing && !/^[./]/.test(missing) ? `Install ${packageName(missing)}, or deploy` : 'Deploy';
  return `. ${install} ${name} as it is installed: \`bundling: { nodeModules: ['${name}'] }\``;
}

/**
 * Whether a place is in the body of a function, and not run when the module is loaded.
 *
 * @param {string} file
 * @param {import('esbuild').Location} location
 */
async function isInFunction(file, { line, column }) {
  const { parse } = await import('@babel/parser');
  try {
    const { program } = parse(readFileSync(file, 'utf8'), {
      sourceType: 'unambiguous',
      errorRecovery: true,
      allowReturnOutsideFunction: true,
    });
    return isBelow(program, { line, column }, false);
  } catch {
    return false;
  }
}

/**
 * @param {any} node of the syntax tree
 * @param {{ line: number, column: number }} place
 * @param {boolean} inFunction
 * @returns {boolean}
 */
function isBelow(node, place, inFunction) {
  const isLater = inFunction || /Function|Method/.test(node.type);
  for (const value of Object.values(node).flat()) {
    if (typeof value?.type !== 'string' || !value.loc || !holds(value.loc, place)) continue;
    return isBelow(value, place, isLater);
  }
  return isLater;
}

/** @param {any} loc @param {{ line: number, column: number }} place */
function holds({ start, end }, { line, column }) {
  const isAfter = line > start.line || (line === start.line && column >= start.column);
  return isAfter && (line < end.line || (line === end.line && column < end.column));
}
