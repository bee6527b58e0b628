// @ts-check
import { join } from 'node:path';
import { sha256 } from './artifact.mjs';
import { VENDOR_FOLDER } from './imports.mjs';
import { namesUsed } from './names.mjs';

/** @typedef {import('./protocol.mjs').VendorEntry} VendorEntry */

/**
 * Returns a unit's files of a run, by path in the unit's folder: its entries, their source maps and chunks, and the
 * files added by the loaders `file` and `copy`.
 *
 * @param {import('esbuild').Metafile} metafile
 * @param {Map<string, import('esbuild').OutputFile>} files all files of the run, by the paths in the metafile
 * @param {string[]} entries the unit's entries
 * @param {string} prefix prefix of the entries' file names
 * @returns {Map<string, import('esbuild').OutputFile>}
 */
export function outputsOf({ outputs }, files, entries, prefix) {
  const queue = entries.map((out) => `${prefix}${out}.mjs`);
  const seen = new Set(queue);
  for (const path of queue) {
    for (const used of outputs[path]?.imports ?? []) {
      if (used.external || seen.has(used.path)) continue;
      seen.add(used.path);
      queue.push(used.path);
    }
  }
  /** @type {Map<string, import('esbuild').OutputFile>} */
  const found = new Map();
  for (const path of queue.flatMap((output) => [output, `${output}.map`])) {
    const file = files.get(path);
    if (file) found.set(path.startsWith(prefix) ? path.slice(prefix.length) : path, file);
  }
  return found;
}

/**
 * Replaces the placeholders of vendor files in the outputs by their final names, which depend on the names used of
 * them.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {Map<string, import('esbuild').OutputFile>} outputs
 * @param {Map<string, import('./imports.mjs').Vendor>} vendors
 * @param {string} root
 * @param {import('./namespaces.mjs').Namespaces} namespaces
 * @returns {Promise<{ files: import('./artifact.mjs').Files, entries: VendorEntry[] }>}
 */
export async function finishOutputs(esbuild, outputs, vendors, root, namespaces) {
  const code = [...outputs].filter(([name]) => name.endsWith('.mjs')).map(([, { text }]) => text);
  const places = new Map(
    [...vendors].map(([path, { specifier, from }]) => [path, { specifier, folder: join(root, from) }]),
  );
  const used = await namesUsed(esbuild, code, places, namespaces);
  /** @type {VendorEntry[]} */
  const entries = [];
  /** @type {[string, string][]} */
  const replacements = [];
  for (const [path, use] of [...used].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const vendor = vendors.get(path);
    if (!vendor) throw new Error(`Unknown module ${path} (internal error)`);
    const entry = entryOf(vendor, use);
    entries.push(entry);
    replacements.push([path, `${VENDOR_FOLDER}${entry.id}.mjs`]);
  }
  /** @type {import('./artifact.mjs').Files} */
  const files = {};
  for (const [name, { text, contents }] of outputs) {
    if (!name.endsWith('.mjs')) files[name] = contents;
    else {
      const map = outputs.has(`${name}.map`) ? `//# sourceMappingURL=${name.split('/').at(-1)}.map\n` : '';
      files[name] = `${replaceAll(text, replacements).trimEnd()}\n${map}`;
    }
  }
  return { files, entries };
}

/**
 * @param {import('./imports.mjs').Vendor} vendor
 * @param {import('./names.mjs').Use} use
 * @returns {VendorEntry}
 */
function entryOf({ specifier, identity, from, slug, importers }, use) {
  const all = new Set([...use.names, ...use.members]);
  const isPart = (/** @type {string} */ name) =>
    [...name.matchAll(/\./g)].some(({ index }) => all.has(name.slice(0, index)));
  const some = [...all].filter((name) => !isPart(name)).sort();
  const names = use.whole ? /** @type {const} */ ('*') : some;
  const hash = sha256(specifier, '\0', identity, '\0', JSON.stringify(names)).slice(0, 8);
  const perhaps = some.filter((name) => !use.names.has(name));
  const files = names === '*' ? { importers: [...importers].sort() } : {};
  return { id: `${slug}-${hash}`, specifier, from, names, perhaps, ...files };
}

/** @param {string} text @param {[string, string][]} replacements */
function replaceAll(text, replacements) {
  return replacements.reduce((result, [from, to]) => result.replaceAll(from, to), text);
}
