import { isAbsolute, relative } from 'node:path';
import type { Wrappers } from '../bundler/bundler.js';
import { BundlingError } from '../bundler/bundling-error.js';
import type { Unseen } from './wrapper-search.js';

/** Names listed in an error. */
const MAX_NAMES = 3;

const REMEDY =
  'Write `export const handler = handle({ ... }, ...)` in that file, or re-export such a handler by name from a module of the project; a package must contain ES modules. A handler without needs can be in a separate file that imports no wrapper.';

/**
 * Asserts that the bundle of a plain handler has no wrappers beyond those that the analysis has found: their needs were
 * not read, and the function would run without permissions and variables.
 *
 * @throws BundlingError with the file and the remedy
 */
export function assertNoHiddenNeeds(path: string, entry: string, unseen: Unseen, wrappers: Wrappers): void {
  const projectNames = unseen.modules.length > 0 ? wrappers.own : [];
  const packages = wrappers.inPackages.filter(
    ({ specifier }) => unseen.modules.length > 0 || unseen.packages.includes(specifier),
  );
  const names = [...new Set([...projectNames, ...packages.flatMap((source) => source.names)])];
  if (names.length === 0) return;
  const sources = [...unseen.modules, ...packages.map(({ specifier }) => specifier)];
  const list = [...new Set(sources)]
    .map((source) => `\`${isAbsolute(source) ? shown(source) : source}\``)
    .join(', ');
  throw new BundlingError(
    `\`handler\` must declare its needs in its source, got ${described(names)} of cdk-trellis/runtime imported through ${list}, where synth cannot read the needs (in ${shown(entry)}, at ${path}). ${REMEDY}`,
  );
}

/** Lists the wrappers. A CommonJS module contains all of them. */
function described(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``).join(', ');
  return names.length > MAX_NAMES ? 'wrappers (`handle`, `route` ...)' : quoted;
}

function shown(file: string): string {
  return relative(process.cwd(), file);
}
