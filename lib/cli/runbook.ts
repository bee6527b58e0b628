import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalCloudError } from '../local/index.js';

/** Page in the package; the relative path is the same for the compiled command and for its source. */
const PAGE = join(__dirname, '../../docs/runbooks.md');

/**
 * Prints the runbook that an alarm's description names; without a name, the names of all runbooks.
 *
 * @throws LocalCloudError when the runbook does not exist
 */
export function runbook(name: string | undefined): void {
  const sections = new Map(
    readFileSync(PAGE, 'utf8')
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf('\n')).trim(), section.trim()]),
  );
  const names = [...sections.keys()];
  if (name === undefined) {
    console.log(names.join('\n'));
    return;
  }
  const section = sections.get(name);
  if (section === undefined) {
    throw new LocalCloudError(`Unknown runbook "${name}". The runbooks are ${names.join(', ')}.`);
  }
  console.log(section);
}
