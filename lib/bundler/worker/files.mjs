// @ts-check
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { CodeError } from './errors.mjs';

/** What the Finder leaves in folders that it has shown. */
const NOBODYS = '.DS_Store';

/**
 * @typedef {{ files: import('./artifact.mjs').Files, executables: Set<string>, sources: Set<string> }} Copies
 *   `sources` are the files and folders that were read.
 */

/**
 * Files and folders as they are on disk, by where they are to be.
 *
 * @param {Readonly<Record<string, string>>} places places in the output and what is to be there
 * @param {(path: string) => boolean} [isBundlingRequired] which of the files and folders below are taken
 * @returns {Copies}
 */
export function copied(places, isBundlingRequired = () => true) {
  /** @type {Copies} */
  const copies = { files: {}, executables: new Set(), sources: new Set() };
  for (const [place, source] of Object.entries(places)) {
    copy(posix.normalize(place).replace(/\/$/, ''), source, { copies, isBundlingRequired, above: [] });
  }
  return copies;
}

/**
 * @param {string} place
 * @param {string} source
 * @param {{ copies: Copies, isBundlingRequired: (path: string) => boolean, above: string[] }} scope
 */
function copy(place, source, { copies, isBundlingRequired, above }) {
  const stat = statSync(source, { throwIfNoEntry: false });
  if (!stat) throw new CodeError([{ text: `${source} does not exist, or is a link to what does not.` }]);
  copies.sources.add(source);
  if (stat.isFile()) {
    add(copies, place, source, (stat.mode & 0o111) !== 0);
    return;
  }
  if (!stat.isDirectory()) return;
  const folder = realpathSync(source);
  if (above.includes(folder))
    throw new CodeError([{ text: `${source} is a link to a folder that it is in: it has no end.` }]);
  for (const name of readdirSync(source).sort()) {
    const path = join(source, name);
    if (name === NOBODYS || !isBundlingRequired(path)) continue;
    copy(posix.join(place, name), path, { copies, isBundlingRequired, above: [...above, folder] });
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
    throw new CodeError([{ text: `\`files\` has two files for ${name}; the second is ${source}.` }]);
  files[name] = readFileSync(source);
  if (isExecutable) executables.add(name);
}
