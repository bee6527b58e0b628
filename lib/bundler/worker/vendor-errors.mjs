// @ts-check

import { CodeError } from './errors.mjs';
import { packageName } from './imports.mjs';
import { VIRTUAL } from './narrowed.mjs';
import { packageRemedy } from './optional.mjs';

/**
 * @typedef {import('./protocol.mjs').DependencySet} DependencySet
 * @typedef {import('./apart.mjs').Apart} Apart
 * @typedef {(entry: import('./protocol.mjs').LayerEntry) => Promise<any>} Alone Builds one entry by itself.
 */

/** Files in an error. */
const MAX_FILES = 3;

/**
 * The members that modules do not have. A program that reads one finds `undefined`.
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
 * The virtual module that an error is about: the `z` of an entry is `<id>/z`.
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
 * An error about one of our virtual modules is about the code that asked for it, one in a package about all that use it.
 *
 * @param {DependencySet} set
 * @param {Partial<import('esbuild').BuildFailure> & Error} error
 * @param {Alone} alone
 */
export async function named(set, error, alone) {
  const { errors: messages = [] } = error;
  if (messages.length === 0) return error;
  const users = await usersOf(set, alone);
  const errors = messages.map((one) => {
    const { text, location } = one;
    const { entry } = virtual(set, location);
    if (entry) return { text: `${text} (of "${entry.specifier}")`, entries: [entry.id] };
    const at = location ? `${location.file}:${location.line}:${location.column + 1}: ` : '';
    return { text: `${at}${text}${packageRemedy(set.root, one)}`, entries: users.get(keyOf(one)) ?? [] };
  });
  return new CodeError(errors);
}

/** @param {import('esbuild').Message} message */
function keyOf({ text, location }) {
  return `${text} ${location?.file} ${location?.line}`;
}

/**
 * The entries by the errors that they end in when they are built alone: esbuild does not say to which one they belong.
 *
 * @param {DependencySet} set
 * @param {Alone} alone
 */
async function usersOf(set, alone) {
  /** @type {Map<string, string[]>} */
  const users = new Map();
  const all = set.entries.map(async (entry) => {
    const failure = await alone(entry).catch((error) => error);
    for (const one of failure.errors ?? [])
      users.set(keyOf(one), [...(users.get(keyOf(one)) ?? []), entry.id]);
  });
  await Promise.all(all);
  return users;
}

/**
 * The names of a CommonJS package are known only when it runs: as a whole it would be an empty module.
 *
 * @param {DependencySet} set
 * @param {import('esbuild').Metafile} metafile
 * @param {Apart} apart
 */
export function refuseCommonJs(set, metafile, apart) {
  const errors = [];
  for (const { id, specifier, names, importers } of set.entries) {
    const file = metafile.inputs[VIRTUAL + id]?.imports[0]?.path ?? '';
    if (names !== '*' || apart.has(packageName(specifier)) || metafile.inputs[file]?.format !== 'cjs')
      continue;
    const files = (importers ?? []).slice(0, MAX_FILES).join(', ');
    const at = files && ` (in ${files})`;
    const text = `"${specifier}" is a CommonJS package: import the names you use from it (\`import { name } from '${specifier}'\`) or its default, not the whole module, whose names are known only when it runs${at}. Or deploy it as it is installed: \`bundling: { nodeModules: ['${packageName(specifier)}'] }\`.`;
    errors.push({ text, entries: [id] });
  }
  if (errors.length > 0) throw new CodeError(errors);
}
