// @ts-check
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifact, contentHash } from './artifact.mjs';
import { zipped } from './zip.mjs';

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
  const names = Object.keys(files).sort();
  const archive = zipped(names.map((file) => [file, Buffer.from(files[file] ?? '')]));
  // The time of its last change says that nobody touched it; that of its last use keeps it from being removed.
  if (existsSync(path) && readFileSync(path).equals(archive))
    utimesSync(path, new Date(), statSync(path).mtime);
  else {
    const draft = join(store, `.${randomUUID()}`);
    writeFileSync(draft, archive, { mode: 0o644 });
    // Times can be set to the millisecond only: this one can be kept.
    utimesSync(draft, new Date(), new Date());
    renameSync(draft, path);
  }
  return artifact(store, hash, name, files, [name]);
}
