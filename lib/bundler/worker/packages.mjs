// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @typedef {import('./protocol.mjs').Package} Package */
/** @typedef {{ name: string, version: string }} Identity */

/**
 * Returns the packages in a dependency layer, with their sizes.
 *
 * @param {import('./protocol.mjs').DependencySet} set
 * @param {import('esbuild').Metafile} metafile
 * @param {(Identity & { bytes: number })[]} copied packages that were not bundled
 * @returns {Package[]} sorted by name
 */
export function packagesIn({ root, entries }, metafile, copied) {
  /** @type {Map<string, Identity & { bytes: number }>} */
  const packages = new Map();
  const add = (/** @type {Identity} */ { name, version }, /** @type {number} */ bytes) => {
    const sum = packages.get(`${name}@${version}`)?.bytes ?? 0;
    packages.set(`${name}@${version}`, { name, version, bytes: sum + bytes });
  };
  /** @type {Map<string, Identity>} */
  const cached = new Map();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      // The entry points are virtual modules of this library.
      if (!input.startsWith('trellis:')) add(packageOf(dirname(join(root, input)), cached), bytesInOutput);
    }
  }
  for (const item of copied) add(item, item.bytes);
  return [...packages]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, item]) => ({ ...item, imports: importsOf(item.name, entries) }));
}

/**
 * Returns the names that the project imports from a package.
 *
 * @param {string} name
 * @param {import('./protocol.mjs').VendorEntry[]} entries
 */
function importsOf(name, entries) {
  /** @type {Record<string, string[] | '*'>} */
  const imports = {};
  for (const { specifier, names } of entries) {
    if (specifier !== name && !specifier.startsWith(`${name}/`)) continue;
    const previous = imports[specifier] ?? [];
    imports[specifier] =
      names === '*' || previous === '*' ? '*' : [...new Set([...previous, ...names])].sort();
  }
  return imports;
}

/**
 * Returns the nearest package.json with a name and a version: packages may contain others for single folders.
 *
 * @param {string} folder
 * @param {Map<string, Identity>} cached
 * @returns {Identity}
 */
function packageOf(folder, cached) {
  const found = cached.get(folder) ?? read(folder) ?? above(folder, cached);
  cached.set(folder, found);
  return found;
}

/** @param {string} folder @param {Map<string, Identity>} cached */
function above(folder, cached) {
  const parent = dirname(folder);
  return parent === folder ? { name: 'unknown', version: '' } : packageOf(parent, cached);
}

/** @param {string} folder @returns {Identity | undefined} */
function read(folder) {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { name, version } = JSON.parse(readFileSync(file, 'utf8'));
  return name && version ? { name, version } : undefined;
}
