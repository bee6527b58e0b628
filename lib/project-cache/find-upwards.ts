import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/**
 * A file or folder of the project by its path, absolute or relative to the working directory (where cdk.json is) or
 * to one of the folders above it.
 *
 * @param marker what must be in it
 * @returns its path without links; undefined when there is none
 */
export function findUpwards(path: string, marker = ''): string | undefined {
  for (let base = process.cwd(); ; base = dirname(base)) {
    const candidate = isAbsolute(path) ? path : resolve(base, path);
    if (existsSync(join(candidate, marker))) return realpathSync(candidate);
    if (base === dirname(base) || isAbsolute(path)) return undefined;
  }
}
