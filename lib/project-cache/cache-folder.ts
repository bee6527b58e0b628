import { accessSync, constants, existsSync, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { sha256 } from './hash.js';

/**
 * Returns the folder of a project's cache: `node_modules/.cache`, as for other tools. If the project has no
 * node_modules (Yarn's Plug'n'Play) or it is not writable, the folder is in the system's temporary folder.
 */
export function cacheFolder(root: string): string {
  const installed = join(root, 'node_modules');
  if (existsSync(installed)) {
    const folder = join(installed, '.cache', 'cdk-trellis');
    if (isWritable(folder)) return folder;
  }
  const folder = join(privateFolder(), sha256(root).slice(0, 16));
  mkdirSync(folder, { recursive: true });
  return folder;
}

function isWritable(folder: string): boolean {
  try {
    const built = join(folder, 'built');
    mkdirSync(built, { recursive: true });
    for (const place of [folder, built]) accessSync(place, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns a temporary folder that the next synth finds again. Its content is deployed, so it is used only if no other
 * user can write to it: the system's temporary folder is shared by all users.
 */
function privateFolder(): string {
  const folder = join(tmpdir(), `cdk-trellis-${process.getuid?.() ?? userInfo().username}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (isPrivate(folder)) return folder;
  } catch {
    // The name is taken by a file or by another user.
  }
  return mkdtempSync(join(tmpdir(), 'cdk-trellis-'));
}

function isPrivate(folder: string): boolean {
  const stat = lstatSync(folder);
  // Windows has neither owners nor modes, but a temporary folder per user.
  const isOwner = process.getuid === undefined || stat.uid === process.getuid();
  const isClosed = process.platform === 'win32' || (stat.mode & 0o077) === 0;
  return stat.isDirectory() && isOwner && isClosed;
}
