// @ts-check
import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** @param {(string | Uint8Array)[]} parts */
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
 * @param {Record<string, string | Uint8Array>} files
 * @returns {import('./protocol.mjs').Artifact}
 */
export function keep(store, files) {
  const names = Object.keys(files).sort();
  const parts = names.flatMap((name) => [`${name}\0${files[name]?.length}\0`, files[name] ?? '']);
  const hash = sha256(...parts);
  const folder = join(store, hash);
  if (!holds(folder, files)) {
    const draft = join(store, `.${randomUUID()}`);
    for (const name of names) {
      mkdirSync(dirname(join(draft, name)), { recursive: true });
      writeFileSync(join(draft, name), files[name] ?? '');
    }
    publish(draft, folder, files);
  }
  return { hash, files: Object.fromEntries(names.map((name) => [name, stamp(join(folder, name))])) };
}

/**
 * @param {string} draft
 * @param {string} folder
 * @param {Record<string, string | Uint8Array>} files
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
 * @param {Record<string, string | Uint8Array>} files
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

/** @param {string} path @returns {[number, number]} */
function stamp(path) {
  const { size, mtimeMs } = statSync(path);
  return [size, mtimeMs];
}
