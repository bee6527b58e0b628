// @ts-check
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { CodeError } from './errors.mjs';

/** The file that macOS's Finder creates in folders. */
const FINDER_FILE = '.DS_Store';

/**
 * @typedef {{ files: import('./artifact.mjs').Files, executables: Set<string>, sources: Set<string> }} Copies
 *   `sources` are the files and folders that were read.
 */

/**
 * Reads files and folders from disk, by target path.
 *
 * @param {Readonly<Record<string, string>>} places sources by target path
 * @param {(path: string) => boolean} [isIncluded] filter for the files and folders inside
 * @returns {Copies}
 */
export function copied(places, isIncluded = () => true) {
  /** @type {Copies} */
  const copies = { files: {}, executables: new Set(), sources: new Set() };
  for (const [place, source] of Object.entries(places)) {
    copy(posix.normalize(place).replace(/\/$/, ''), source, { copies, isIncluded, above: [] });
  }
  return copies;
}

/**
 * @param {string} place
 * @param {string} source
 * @param {{ copies: Copies, isIncluded: (path: string) => boolean, above: string[] }} scope
 */
function copy(place, source, { copies, isIncluded, above }) {
  const stat = statSync(source, { throwIfNoEntry: false });
  if (!stat) throw new CodeError([{ text: `${source} does not exist, or is a broken link.` }]);
  copies.sources.add(source);
  if (stat.isFile()) {
    add(copies, place, source, (stat.mode & 0o111) !== 0);
    return;
  }
  if (!stat.isDirectory()) return;
  const folder = realpathSync(source);
  if (above.includes(folder))
    throw new CodeError([{ text: `${source} is a link to one of its parent folders (a cycle).` }]);
  for (const name of readdirSync(source).sort()) {
    const path = join(source, name);
    if (name === FINDER_FILE || !isIncluded(path)) continue;
    copy(posix.join(place, name), path, { copies, isIncluded, above: [...above, folder] });
  }
}

/**
 * @param {Copies} copies
 * @param {string} place
 * @param {string} source
 * @param {boolean} isExecutable
 */
function add({ files, executables }, place, source, isExecutable) {
  const name = place === '.' ? basename(source) : place;
  if (files[name] !== undefined)
    throw new CodeError([{ text: `\`files\` must have one file for ${name}, got a second one: ${source}.` }]);
  files[name] = readFileSync(source);
  if (isExecutable) executables.add(name);
}
