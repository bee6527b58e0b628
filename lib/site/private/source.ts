import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Construct } from 'constructs';
import { assertValid } from '../../construct/assert-valid.js';
import { CONFIGURATION_FILE } from '../content/request.js';

/** The folder with the built site. */
export interface Source {
  /** Absolute path. */
  readonly folder: string;
  readonly files: readonly SourceFile[];
}

export interface SourceFile {
  /** Path in the folder, with slashes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Returns the folder with the built site and its files.
 *
 * @throws Error when the folder does not exist, has no index.html, or has a file that the deployment writes
 */
export function resolveSource(scope: Construct, source: string): Source {
  assertValid(scope, validateSource(source));
  const folder = resolve(source);
  return { folder, files: filesIn(folder) };
}

function filesIn(folder: string): SourceFile[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => {
    const file = join(entry.parentPath, entry.name);
    const stats = statSync(file);
    if (stats.isDirectory()) return [];
    return [{ path: relative(folder, file).split(sep).join('/'), size: stats.size }];
  });
}

function validateSource(source: string): string[] {
  const folder = resolve(source);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    return [`\`source\` must be the folder with the built site, got ${source}. Build the site first`];
  }
  if (!existsSync(join(folder, 'index.html'))) {
    return [`\`source\` must have an index.html, got ${source} without one. Build the site first`];
  }
  if (existsSync(join(folder, CONFIGURATION_FILE))) {
    return [
      `\`source\` must not have a ${CONFIGURATION_FILE}, which the deployment writes, got ${join(source, CONFIGURATION_FILE)}. Move its values to \`configuration\``,
    ];
  }
  return [];
}
