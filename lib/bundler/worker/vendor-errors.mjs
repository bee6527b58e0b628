// @ts-check

import { CodeError } from './errors.mjs';
import { packageName } from './imports.mjs';
import { VIRTUAL } from './narrowed.mjs';
import { packageRemedy } from './optional.mjs';

/**
 * @typedef {import('./protocol.mjs').DependencySet} DependencySet
 * @typedef {import('./apart.mjs').Apart} Apart
 * @typedef {(entry: import('./protocol.mjs').LayerEntry) => Promise<any>} Alone Builds one entry alone.
 */

/** Files listed in an error. */
const MAX_FILES = 3;

/**
 * Returns the missing members of modules. A program that reads one gets `undefined`.
 *
 * @param {DependencySet} set
 * @param {readonly import('esbuild').Message[]} errors
 */
export function notExported(set, errors) {
  return errors.flatMap(({ text, location }) => {
    const name = MISSING.exec(text)?.[1];
    const { module, entry, path } = virtual(set, location);
    return entry?.perhaps.includes([...path, name].join('.')) ? `${module} ${name}` : [];
  });
}

const MISSING = /^(?:No matching export in ".*" for|Ambiguous) import "([^"]*)"/;

/**
 * Returns the virtual module of an error: the `z` of an entry is `<id>/z`.
 *
 * @param {DependencySet} set
 * @param {import('esbuild').Location | null} location
 */
function virtual(set, location) {
  const module = location?.file.startsWith(VIRTUAL) ? location.file.slice(VIRTUAL.length) : '';
  const [id, ...path] = module.split('/');
  return { module, entry: set.entries.find((entry) => entry.id === id), path };
}

/**
 * Returns the error with the entries that it concerns: for a virtual module, its own; for a package, all entries that
 * import it.
 *
 * @param {DependencySet} set
 * @param {Partial<import('esbuild').BuildFailure> & Error} error
 * @param {Alone} alone
 */
export async function named(set, error, alone) {
  const { errors: messages = [] } = error;
  if (messages.length === 0) return error;
  const users = await usersOf(set, alone);
  const errors = messages.map((message) => {
    const { text, location } = message;
    const { entry } = virtual(set, location);
    if (entry) return { text: `${text} (of "${entry.specifier}")`, entries: [entry.id] };
    const position = location ? `${location.file}:${location.line}:${location.column + 1}: ` : '';
    return {
      text: `${position}${text}${packageRemedy(set.root, message)}`,
      entries: users.get(keyOf(message)) ?? [],
    };
  });
  return new CodeError(errors);
}

/** @param {import('esbuild').Message} message */
function keyOf({ text, location }) {
  return `${text} ${location?.file} ${location?.line}`;
}

/**
 * Returns the entries by error. Each entry is built alone: esbuild does not report the entry point of an error.
 *
 * @param {DependencySet} set
 * @param {Alone} alone
 */
async function usersOf(set, alone) {
  /** @type {Map<string, string[]>} */
  const users = new Map();
  const all = set.entries.map(async (entry) => {
    const failure = await alone(entry).catch((error) => error);
    for (const message of failure.errors ?? [])
      users.set(keyOf(message), [...(users.get(keyOf(message)) ?? []), entry.id]);
  });
  await Promise.all(all);
  return users;
}

/**
 * Asserts that no CommonJS package is used as a whole: its names are known only at run time, so that it would be an
 * empty module.
 *
 * @param {DependencySet} set
 * @param {import('esbuild').Metafile} metafile
 * @param {Apart} apart
 */
export function assertNoWholeCommonJs(set, metafile, apart) {
  const errors = [];
  for (const { id, specifier, names, importers } of set.entries) {
    const file = metafile.inputs[VIRTUAL + id]?.imports[0]?.path ?? '';
    if (names !== '*' || apart.has(packageName(specifier)) || metafile.inputs[file]?.format !== 'cjs')
      continue;
    const files = (importers ?? []).slice(0, MAX_FILES).join(', ');
    const location = files && ` (in ${files})`;
    const text = `"${specifier}" is a CommonJS package, whose names are known only at run time: import the names you use (\`import { name } from '${specifier}'\`) or its default export, not the whole module${location}. Or deploy it as installed: \`bundling: { nodeModules: ['${packageName(specifier)}'] }\`.`;
    errors.push({ text, entries: [id] });
  }
  if (errors.length > 0) throw new CodeError(errors);
}
