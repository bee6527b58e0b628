// @ts-check
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { artifact, contentHash } from './artifact.mjs';

/** The oldest time that an archive can hold: it depends on nothing but what is in it. */
const MTIME = new Date(1980, 0, 1);

/** The system whose modes are the upper half of a file's attributes. */
const UNIX = 3;

/** Lambda reads the code as another user than the one who owns it, whatever the umask is here. */
const READABLE = 0o100644 << 16;

/**
 * Keeps files as the archive that is uploaded: one file to write and to link, where a folder takes a dozen calls of the
 * file system. It appears by a rename, so that another synth never sees half of it.
 *
 * @param {string} store
 * @param {import('./artifact.mjs').Files} files
 * @returns {import('./protocol.mjs').Artifact}
 */
export function keepArchive(store, files) {
  const hash = contentHash(files);
  const name = `${hash}.zip`;
  const path = join(store, name);
  const archive = packed(files);
  // The time of its last change says that nobody touched it; that of its last use keeps it from being removed.
  if (holds(path, archive)) utimesSync(path, new Date(), statSync(path).mtime);
  else {
    const draft = join(store, `.${randomUUID()}`);
    writeFileSync(draft, archive, { mode: 0o644 });
    // Times can be set to the millisecond only: this one can be kept.
    utimesSync(draft, new Date(), new Date());
    renameSync(draft, path);
  }
  return artifact(store, hash, name, files, [name]);
}

/** @param {import('./artifact.mjs').Files} files */
function packed(files) {
  const names = Object.keys(files).sort();
  const contents = names.map((name) => /** @type {const} */ ([name, Buffer.from(files[name] ?? '')]));
  return zipSync(Object.fromEntries(contents), { level: 9, mtime: MTIME, os: UNIX, attrs: READABLE });
}

/** @param {string} path @param {Uint8Array} archive */
function holds(path, archive) {
  return existsSync(path) && readFileSync(path).equals(archive);
}
