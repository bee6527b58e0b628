import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Construct } from 'constructs';
import { CONFIGURATION_FILE } from '../content/request.js';

/** @throws Error when the folder is not there, has no index.html, or has a file that the deployment writes */
export function checkedSource(scope: Construct, source: string): string {
  const folder = resolve(source);
  const refuse = (expected: string) => new Error(`${expected} (at ${scope.node.path})`);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw refuse(
      `\`source\` must be the folder with the built site, got ${source}, which is none: build the site first`,
    );
  if (!existsSync(join(folder, 'index.html')))
    throw refuse(`\`source\` must have an index.html, got ${source} without one: build the site first`);
  if (existsSync(join(folder, CONFIGURATION_FILE)))
    throw refuse(
      `\`source\` must have no ${CONFIGURATION_FILE}, which the deployment writes: move its values to \`configuration\`, got ${join(source, CONFIGURATION_FILE)}`,
    );
  return folder;
}
