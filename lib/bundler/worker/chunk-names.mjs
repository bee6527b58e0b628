// @ts-check
import { sha256 } from './artifact.mjs';

/** A chunk's name from esbuild: its hash includes the location of the packages on this machine. */
const CHUNK = /^c\/(\w{8})\.mjs$/;

/**
 * Renames chunks by the hash of their content.
 *
 * @param {Map<string, string>} files texts by path
 * @returns {Map<string, string>}
 */
export function renameChunks(files) {
  const hashes = [...files.keys()].flatMap((path) => CHUNK.exec(path)?.[1] ?? []);
  if (hashes.length === 0) return files;
  const mention = new RegExp(`(?<=/)(${hashes.join('|')})(?=\\.mjs")`, 'g');
  /** @type {Map<string, string>} */
  const names = new Map();
  for (const hash of hashes) {
    // Chunks import one another: the names of other chunks do not count for a chunk's own name.
    const content = (files.get(`c/${hash}.mjs`) ?? '').replace(mention, '');
    names.set(hash, sha256(content).slice(0, 8));
  }
  if (new Set(names.values()).size < names.size) return files;
  const renamed = (/** @type {string} */ text) => text.replace(mention, (hash) => names.get(hash) ?? hash);
  return new Map(
    [...files].map(([path, text]) => {
      const hash = CHUNK.exec(path)?.[1];
      return [hash ? `c/${names.get(hash)}.mjs` : path, renamed(text)];
    }),
  );
}
