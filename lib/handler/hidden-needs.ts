import { isAbsolute, relative } from 'node:path';
import type { Wrappers } from '../bundler/bundler.js';
import { BundlingError } from '../bundler/bundling-error.js';
import type { Unseen } from './wrapper-search.js';

/** Names in an error. */
const MAX_NAMES = 3;

const REMEDY =
  'Write `export const handler = handle({ ... }, ...)` in that file, or re-export by name, from a module of the project, what is written like that; a package that has it must be made of ES modules. A handler without needs can be in a file of its own that imports no wrapper.';

/**
 * Compares a plain handler with its bundle: a wrapper in there that the analysis has not seen has needs that it has not
 * read, and the function would run without permissions and variables.
 *
 * @throws BundlingError that names the file and the way out
 */
export function refuseHiddenNeeds(at: string, entry: string, unseen: Unseen, wrappers: Wrappers): void {
  const own = unseen.modules.length > 0 ? wrappers.own : [];
  const packages = wrappers.inPackages.filter(
    ({ specifier }) => unseen.modules.length > 0 || unseen.packages.includes(specifier),
  );
  const names = [...new Set([...own, ...packages.flatMap((one) => one.names)])];
  if (names.length === 0) return;
  const by = [...unseen.modules, ...packages.map(({ specifier }) => specifier)];
  const list = [...new Set(by)].map((one) => `\`${isAbsolute(one) ? shown(one) : one}\``).join(', ');
  throw new BundlingError(
    `\`handler\` must show its needs in its source, got one whose code has ${described(names)} of cdk-trellis/runtime by way of ${list}, where synth cannot read them (in ${shown(entry)}, at ${at}). ${REMEDY}`,
  );
}

/** A CommonJS module has all of them, whatever is used. */
function described(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``).join(', ');
  return names.length > MAX_NAMES ? 'wrappers (`handle`, `route` ...)' : quoted;
}

function shown(file: string): string {
  return relative(process.cwd(), file);
}
