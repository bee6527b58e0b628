// @ts-check
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {string | Uint8Array} Content
 * @typedef {Record<string, Content>} Files by path in the folder, with `/` on every system
 */

/** @param {Content[]} parts */
export function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/**
 * Returns the hash of names, contents and modes. Times and compression do not change it.
 *
 * @param {Files} files
 * @param {ReadonlySet<string>} executables
 */
export function contentHash(files, executables = new Set()) {
  const names = Object.keys(files).sort();
  const modes = [...executables].sort().map((name) => `${name}\0x\0`);
  const parts = names.flatMap((name) => [`${name}\0${files[name]?.length}\0`, files[name] ?? '']);
  return sha256(...parts, ...modes);
}

/**
 * Returns the artifact of files that were stored under a name.
 *
 * @param {string} store
 * @param {string} hash
 * @param {string} name
 * @param {Files} files
 * @param {readonly string[]} paths all of its files in the store
 * @returns {import('./protocol.mjs').Artifact}
 */
export function artifact(store, hash, name, files, paths) {
  const names = Object.keys(files).sort();
  const sizes = names.map((file) => /** @type {const} */ ([file, bytes(files[file] ?? '')]));
  return {
    hash,
    name,
    bytes: sizes.reduce((sum, [, size]) => sum + size, 0),
    files: Object.fromEntries(sizes),
    stamps: Object.fromEntries(paths.map((path) => [path, stamp(join(store, path))])),
  };
}

/** @param {Content} content */
function bytes(content) {
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}

/** @param {string} path @returns {[size: number, mtimeMs: number]} */
function stamp(path) {
  const { size, mtimeMs } = statSync(path);
  return [size, mtimeMs];
}
