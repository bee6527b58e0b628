import { join } from 'node:path';
import type { Manifest } from './package-manifest.js';
import { sourceFile } from './source-file.js';

/** Conditions of package.json's exports, as a bundler for Node.js reads them. */
const CONDITIONS = ['node', 'import', 'module', 'default'];

/**
 * Returns the source files of a package by import subpath.
 *
 * @throws Error if the package exports nothing, or a path that is not a file
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
    // In package.json, null excludes a path from the exports.
    if (subpath === './package.json' || target === null) continue;
    if (subpath.includes('*')) {
      throw new Error(`The layer ${name} must export each file by name, got the pattern "${subpath}"`);
    }
    const path = conditional(target);
    const file = path && sourceFile(folder, path);
    if (!file) {
      throw new Error(
        `The layer ${name} must export existing files, got "${subpath}" without ${path ?? 'a file'} in ${folder}`,
      );
    }
    files[subpath] = join(file);
  }
  if (Object.keys(files).length === 0) {
    throw new Error(`The layer ${name} must export files, got no \`exports\` in ${folder}/package.json`);
  }
  return files;
}

function conditional(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return undefined;
  const match = Object.entries(target).find(([condition]) => CONDITIONS.includes(condition));
  return match && conditional(match[1]);
}
