import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Mode of a file that only its owner may read and write. */
export const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Creates a folder that only its owner may enter, or restricts an existing folder. */
export function privateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
  chmodSync(folder, PRIVATE_FOLDER);
}

/**
 * Creates the state folder of a tool in a user's project. It is private, because it has access keys and the private
 * keys of user pools, and is ignored by Git. All files in the folder of an earlier version are restricted.
 *
 * @param shared subfolders with links to files outside, which keep their modes
 */
export function privateProjectFolder(folder: string, shared: readonly string[]): void {
  const isOpen = existsSync(folder) && (lstatSync(folder).mode & 0o077) !== 0;
  privateFolder(folder);
  if (isOpen) restrictAll(folder, shared);
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n', { mode: PRIVATE_FILE });
}

function restrictAll(folder: string, shared: readonly string[]): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) chmodSync(path, PRIVATE_FOLDER);
    else if (entry.isFile()) chmodSync(path, PRIVATE_FILE);
    if (entry.isDirectory() && !shared.includes(path)) restrictAll(path, shared);
  }
}
