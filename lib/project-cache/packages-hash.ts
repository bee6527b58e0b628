import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileHashes } from './file-hashes.js';
import { sha256 } from './hash.js';
import { LOCKFILES } from './project.js';

/** Package managers' records of the installed packages, which the lockfile may be ahead of. */
const INSTALLED = [
  'node_modules/.package-lock.json',
  'node_modules/.pnpm/lock.yaml',
  'node_modules/.yarn-integrity',
  'node_modules/.yarn-state.yml',
  '.pnp.cjs',
];

/** Changes to installed packages: of patch-package, pnpm and Bun, and of Yarn. */
const PATCHES = ['patches', '.yarn/patches'];

/** Returns a hash that changes when an installed package may have changed. */
export function packagesHash(root: string, hashes: FileHashes): string {
  const records = [...LOCKFILES, ...INSTALLED, ...PATCHES].map((path) => [path, hashes.of(path)]);
  return sha256(JSON.stringify([...records, ...patched(root, hashes)]));
}

/** The header of a patch by patch-package, which changes installed files without a trace in the lockfile. */
const PATCHED_FILE = /^\+\+\+ b\/(node_modules\/.+?)\s*$/gm;

/** Returns the patched files with their hashes: a patch may exist and not be applied yet. */
function patched(root: string, hashes: FileHashes): [string, string | undefined][] {
  const folder = join(root, 'patches');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.patch'))
    .sort()
    .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(PATCHED_FILE)])
    .map(([, file = '']) => [file, hashes.of(file)]);
}
