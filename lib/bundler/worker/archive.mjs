// @ts-check
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifact, contentHash } from './artifact.mjs';
import { zipped } from './zip.mjs';

/**
 * Stores files as the archive that is uploaded: an archive is one file to write and to link, where a folder takes a
 * dozen file system calls. It appears by a rename, so that a concurrent synth never sees a partial file.
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
  // An unchanged modification time proves that the file was not modified; the new access time keeps it from being
  // pruned.
  if (existsSync(path) && readFileSync(path).equals(archive))
    utimesSync(path, new Date(), statSync(path).mtime);
  else {
    const draft = join(store, `.${randomUUID()}`);
    writeFileSync(draft, archive, { mode: 0o644 });
    // The modification time is set explicitly, in milliseconds: only such a time can be restored later.
    utimesSync(draft, new Date(), new Date());
    renameSync(draft, path);
  }
  return artifact(store, hash, name, files, [name]);
}
