import { accessSync, constants, existsSync, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { sha256 } from './hash.js';

/**
 * Where a project's cache is: in its `node_modules/.cache`, where other tools have theirs. A project without
 * node_modules (Yarn's Plug'n'Play) or with one that cannot be written to has it in the system's temporary folder.
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
 * A temporary folder that is found again by the next synth. What is deployed comes out of it, so that it counts only
 * if nobody else can have put anything there: the system's temporary folder is everybody's.
 */
function privateFolder(): string {
  const folder = join(tmpdir(), `cdk-trellis-${process.getuid?.() ?? userInfo().username}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (isOwn(folder)) return folder;
  } catch {
    // Something else has the name.
  }
  return mkdtempSync(join(tmpdir(), 'cdk-trellis-'));
}

function isOwn(folder: string): boolean {
  const stat = lstatSync(folder);
  // On Windows there are neither, and each user has a temporary folder of their own.
  const isMine = process.getuid === undefined || stat.uid === process.getuid();
  const isShut = process.platform === 'win32' || (stat.mode & 0o077) === 0;
  return stat.isDirectory() && isMine && isShut;
}
