import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalCloudError } from '../local/index.js';

/** The page that the package ships, beside the compiled command as beside its source. */
const PAGE = join(__dirname, '../../docs/runbooks.md');

/**
 * Prints what to do when an alarm is on: the section that its description names; without a name those that there are.
 *
 * @throws LocalCloudError when there is no such section
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
    throw new LocalCloudError(`There is no runbook "${name}". There are: ${names.join(', ')}.`);
  }
  console.log(section);
}
