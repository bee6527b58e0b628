import { join } from 'node:path';
import { sourceFile } from './source-file.js';

interface Manifest {
  readonly name: string;
  readonly exports?: unknown;
  readonly main?: string;
}

/** Conditions of package.json's exports, as a bundler for Node.js reads them. */
const CONDITIONS = ['node', 'import', 'module', 'default'];

/**
 * The source files of a package by the subpath they are imported by.
 *
 * @throws Error when the package exports nothing, or what is not a file
 */
export function exportedFiles(folder: string, manifest: Manifest): Record<string, string> {
  const { name, exports = manifest.main ?? './index.js' } = manifest;
  const isTable =
    typeof exports === 'object' &&
    exports !== null &&
    Object.keys(exports).some((key) => key.startsWith('.'));
  const table: Record<string, unknown> = isTable ? (exports as Record<string, unknown>) : { '.': exports };
  const files: Record<string, string> = {};
  for (const [subpath, target] of Object.entries(table)) {
    if (subpath === './package.json') continue;
    if (subpath.includes('*')) {
      throw new Error(`The layer ${name} must export each file by name, got the pattern "${subpath}"`);
    }
    const path = conditional(target);
    const file = path && sourceFile(folder, path);
    if (!file) {
      throw new Error(
        `The layer ${name} exports "${subpath}", but there is no file ${path ?? 'for it'} in ${folder}`,
      );
    }
    files[subpath] = join(file);
  }
  return files;
}

function conditional(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return undefined;
  const match = Object.entries(target).find(([condition]) => CONDITIONS.includes(condition));
  return match && conditional(match[1]);
}
