// @ts-check
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageName } from './imports.mjs';
import { packageFolder } from './inputs.mjs';
import { isOptionalFor, manifestOf } from './native.mjs';

/**
 * @typedef {import('esbuild').Message} Message
 * @typedef {Map<string, string>} Missing
 *   Optional modules of packages, by importing file and specifier, with the name of the importing package.
 */

const UNRESOLVED = /^Could not resolve "([^"]+)"/;

/**
 * Returns the optional modules among unresolved imports: database drivers, parts of a framework. The package declares
 * them optional, or loads them when it is called.
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
 * Leaves these modules external, so that Node.js resolves them at run time.
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
 * Returns a warning for each package with missing optional modules.
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
      const text = `${name} loads ${list} on demand, which is not installed: code that needs it fails when called. Install the packages that your functions use, and acknowledge this warning for the rest.`;
      return { text };
    });
}

/**
 * Returns the remedy for an error in a package.
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
  return `. ${install} ${name} as installed: \`bundling: { nodeModules: ['${name}'] }\``;
}

/**
 * Returns true if a place is in the body of a function, which does not run when the module loads.
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
 * @param {any} node node of the syntax tree
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
