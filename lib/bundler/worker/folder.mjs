// @ts-check
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { artifact, contentHash } from './artifact.mjs';

/** @typedef {import('./artifact.mjs').Files} Files */

/**
 * Stores files in a folder named by the hash of their content. The folder appears by a rename, so that a concurrent
 * synth never sees a partial folder. An existing folder is kept, unless it was modified.
 *
 * @param {string} store
 * @param {Files} files
 * @param {ReadonlySet<string>} [executables] names of the executable files
 * @returns {import('./protocol.mjs').Artifact}
 */
export function keepFolder(store, files, executables = new Set()) {
  const hash = contentHash(files, executables);
  const folder = join(store, hash);
  if (holds(folder, files)) {
    // Marks the folder as used, so that it is not pruned.
    const now = new Date();
    utimesSync(folder, now, now);
  } else {
    const draft = join(store, `.${randomUUID()}`);
    write(draft, files, executables);
    publish(draft, folder, files);
  }
  const paths = Object.keys(files).map((name) => `${hash}/${name}`);
  return artifact(store, hash, hash, files, paths);
}

/**
 * @param {string} folder
 * @param {Files} files
 * @param {ReadonlySet<string>} executables
 */
function write(folder, files, executables) {
  const folders = new Set(Object.keys(files).map((name) => dirname(join(folder, name))));
  for (const parent of folders) mkdirSync(parent, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(path, content);
    // Lambda reads the code as a user other than its owner, whatever the umask is here.
    chmodSync(path, executables.has(name) ? 0o755 : 0o644);
  }
}

/**
 * @param {string} draft
 * @param {string} folder
 * @param {Files} files
 */
function publish(draft, folder, files) {
  try {
    renameSync(draft, folder);
  } catch {
    // A concurrent synth was first, or the folder was damaged: only a damaged one is replaced.
    if (!holds(folder, files)) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(draft, folder);
    }
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {Files} files
 */
function holds(folder, files) {
  if (!existsSync(folder)) return false;
  const present = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return (
    present.length === Object.keys(files).length &&
    Object.entries(files).every(([name, content]) => {
      const path = join(folder, name);
      return existsSync(path) && readFileSync(path).equals(Buffer.from(content));
    })
  );
}
