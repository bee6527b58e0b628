// @ts-check
import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

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
 * Keeps files in a folder named after their content. The folder appears by a rename, so that another synth never
 * sees half of it; what is there already is kept, unless somebody changed it.
 *
 * @param {string} store
 * @param {Files} files
 * @param {ReadonlySet<string>} [executables] those of the files that are programs
 * @returns {import('./protocol.mjs').Artifact}
 */
export function keep(store, files, executables = new Set()) {
  const names = Object.keys(files).sort();
  const modes = [...executables].sort().map((name) => `${name}\0x\0`);
  const parts = names.flatMap((name) => [`${name}\0${files[name]?.length}\0`, files[name] ?? '']);
  const hash = sha256(...parts, ...modes);
  const folder = join(store, hash);
  if (holds(folder, files)) {
    // Nobody who cleans up may take it for unused.
    const now = new Date();
    utimesSync(folder, now, now);
  } else {
    const draft = join(store, `.${randomUUID()}`);
    write(draft, files, executables);
    publish(draft, folder, files);
  }
  const stamps = names.map((name) => /** @type {const} */ ([name, stamp(join(folder, name))]));
  const bytes = stamps.reduce((sum, [, [size]]) => sum + size, 0);
  return { hash, bytes, files: Object.fromEntries(stamps) };
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
    // Lambda reads the code as another user than the one who owns it, whatever the umask is here.
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
    // Another synth was first, or the folder was damaged: only the second is replaced.
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

/** @param {string} path @returns {[size: number, mtimeMs: number]} */
function stamp(path) {
  const { size, mtimeMs } = statSync(path);
  return [size, mtimeMs];
}
