import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Read and written by the owner only. */
export const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Creates a folder that only its owner may enter, or closes an existing one. */
export function privateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
  chmodSync(folder, PRIVATE_FOLDER);
}

/**
 * Creates the folder in which a tool keeps its state inside a user's project: private, because it holds access keys
 * and the private keys of user pools, and ignored by Git. A folder of an earlier version is closed as a whole.
 *
 * @param shared folders inside it whose files are links to files outside, which keep their modes
 */
export function privateProjectFolder(folder: string, shared: readonly string[]): void {
  const isOpen = existsSync(folder) && (lstatSync(folder).mode & 0o077) !== 0;
  privateFolder(folder);
  if (isOpen) closeAll(folder, shared);
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n', { mode: PRIVATE_FILE });
}

function closeAll(folder: string, shared: readonly string[]): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) chmodSync(path, PRIVATE_FOLDER);
    else if (entry.isFile()) chmodSync(path, PRIVATE_FILE);
    if (entry.isDirectory() && !shared.includes(path)) closeAll(path, shared);
  }
}
