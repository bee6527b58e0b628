// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @typedef {import('./protocol.mjs').Package} Package */
/** @typedef {{ name: string, version: string }} Identity */

/**
 * The packages that an automatic layer was built from, and how much of each is in it.
 *
 * @param {import('./protocol.mjs').DependencySet} set
 * @param {import('esbuild').Metafile} metafile
 * @param {(Identity & { bytes: number })[]} copied those that were not bundled
 * @returns {Package[]} in the order of their names
 */
export function packagesIn({ root, entries }, metafile, copied) {
  /** @type {Map<string, Identity & { bytes: number }>} */
  const packages = new Map();
  const add = (/** @type {Identity} */ { name, version }, /** @type {number} */ bytes) => {
    const known = packages.get(`${name}@${version}`)?.bytes ?? 0;
    packages.set(`${name}@${version}`, { name, version, bytes: known + bytes });
  };
  /** @type {Map<string, Identity>} */
  const known = new Map();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      // What the entry points are made of is this library's own.
      if (!input.startsWith('trellis:')) add(packageOf(dirname(join(root, input)), known), bytesInOutput);
    }
  }
  for (const one of copied) add(one, one.bytes);
  return [...packages]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => ({ ...one, imports: importsOf(one.name, entries) }));
}

/**
 * What the project imports of a package.
 *
 * @param {string} name
 * @param {import('./protocol.mjs').VendorEntry[]} entries
 */
function importsOf(name, entries) {
  /** @type {Record<string, string[] | '*'>} */
  const imports = {};
  for (const { specifier, names } of entries) {
    if (specifier !== name && !specifier.startsWith(`${name}/`)) continue;
    const others = imports[specifier] ?? [];
    imports[specifier] = names === '*' || others === '*' ? '*' : [...new Set([...others, ...names])].sort();
  }
  return imports;
}

/**
 * The nearest package.json with a name and a version: packages have others, for one of their folders.
 *
 * @param {string} folder
 * @param {Map<string, Identity>} known
 * @returns {Identity}
 */
function packageOf(folder, known) {
  const found = known.get(folder) ?? read(folder) ?? above(folder, known);
  known.set(folder, found);
  return found;
}

/** @param {string} folder @param {Map<string, Identity>} known */
function above(folder, known) {
  const parent = dirname(folder);
  return parent === folder ? { name: 'unknown', version: '' } : packageOf(parent, known);
}

/** @param {string} folder @returns {Identity | undefined} */
function read(folder) {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { name, version } = JSON.parse(readFileSync(file, 'utf8'));
  return name && version ? { name, version } : undefined;
}
