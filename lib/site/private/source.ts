import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Construct } from 'constructs';
import { assertValid } from '../../construct/assert-valid.js';
import { CONFIGURATION_FILE } from '../content/request.js';

/**
 * Returns the absolute path of the folder with the built site.
 *
 * @throws Error when the folder does not exist, has no index.html, or has a file that the deployment writes
 */
export function resolveSource(scope: Construct, source: string): string {
  assertValid(scope, validateSource(source));
  return resolve(source);
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
