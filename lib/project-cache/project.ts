import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Lockfiles of package managers. */
export const LOCKFILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
];

const roots = new Map<string, string>();

/**
 * Returns the root of the project that a file belongs to: the nearest folder with a lockfile, which determines the
 * packages; without one, the nearest with a package.json.
 */
export function projectRoot(file: string): string {
  const folder = dirname(file);
  const cached = roots.get(folder);
  if (cached !== undefined) return cached;
  const root =
    nearest(folder, (candidate) => LOCKFILES.some((name) => existsSync(join(candidate, name)))) ??
    nearest(folder, (candidate) => existsSync(join(candidate, 'package.json'))) ??
    folder;
  roots.set(folder, root);
  return root;
}

function nearest(folder: string, matches: (candidate: string) => boolean): string | undefined {
  for (let candidate = folder; ; candidate = dirname(candidate)) {
    if (matches(candidate)) return candidate;
    if (candidate === dirname(candidate)) return undefined;
  }
}
