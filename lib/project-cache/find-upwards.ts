import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/**
 * Finds a file or folder of the project. The path is absolute, or relative to the working directory (where cdk.json is)
 * or to a folder above it.
 *
 * @param marker name of a file that the folder must contain
 * @returns the real path; undefined if it does not exist
 */
export function findUpwards(path: string, marker = ''): string | undefined {
  for (let base = process.cwd(); ; base = dirname(base)) {
    const candidate = isAbsolute(path) ? path : resolve(base, path);
    if (existsSync(join(candidate, marker))) return realpathSync(candidate);
    if (base === dirname(base) || isAbsolute(path)) return undefined;
  }
}
