// @ts-check
import { join, relative, resolve } from 'node:path';
import { withMetadata } from './decorators.mjs';
import { CodeError } from './errors.mjs';
import { dependencies, isInstalled, isVirtual, noteSettings } from './inputs.mjs';

/** @typedef {import('./protocol.mjs').Unit} Unit */

/**
 * The files that a unit may be made of: all that its entries import, directly or not. The output leaves
 * out those of which nothing remained.
 *
 * @param {Unit} unit
 * @param {import('esbuild').Metafile} metafile
 * @param {Map<string, string>} inputs esbuild's names of files, by their absolute paths
 * @returns {string[]} their absolute paths
 */
export function reachable({ root, entries, options }, metafile, inputs) {
  const roots = [...Object.values(entries), ...(options.inject ?? [])];
  const queue = roots.map((file) => inputs.get(file) ?? '');
  const seen = new Set(queue);
  for (const input of queue) {
    for (const { path, external } of metafile.inputs[input]?.imports ?? []) {
      if (external || seen.has(path)) continue;
      seen.add(path);
      queue.push(path);
    }
  }
  return [...seen]
    .filter((input) => metafile.inputs[input] && !isVirtual(input))
    .map((input) => resolve(root, input))
    .sort();
}

/**
 * A module must exist once within a function, or `instanceof` fails and its state is there twice: a layer takes no
 * project code from outside its folder, and a function takes a layer's code from the layer only.
 *
 * @param {Unit} unit
 * @param {string[]} sources
 */
export function refuseForeign({ folder, root, layers }, sources) {
  const isIn = (/** @type {string} */ file, /** @type {string} */ above) => file.startsWith(join(above, '/'));
  const errors = [];
  const foreign = sources.filter((file) => folder !== undefined && !isIn(file, folder));
  if (foreign.length > 0) {
    const list = foreign.map((file) => relative(root, file)).join(', ');
    const text = `A layer holds what is in its folder and packages from npm, but this one imports ${list}. Move it into the layer.`;
    errors.push({ text });
  }
  for (const layer of layers) {
    const twice = sources.find((file) => isIn(file, layer.folder));
    if (!twice) continue;
    const text = `${relative(root, twice)} is in the layer ${layer.name} and would be in the function too. Import it by the layer's package name, not by its path.`;
    errors.push({ text });
  }
  if (errors.length > 0) throw new CodeError(errors);
}

/**
 * The files that have to be compiled before esbuild, and that no plugin of the user's has loaded.
 *
 * @param {Unit[]} group
 * @param {import('esbuild').Metafile} metafile
 * @param {Map<string, string>} inputs
 * @param {ReadonlySet<string>} loaded
 */
export async function decoratedFiles(group, metafile, inputs, loaded) {
  const sources = new Set(group.flatMap((unit) => reachable(unit, metafile, inputs)));
  const own = [...sources].filter((file) => !isInstalled(file) && !loaded.has(file));
  const settings = dependencies();
  noteSettings(settings, own, group[0]?.options.tsconfig, new Map());
  return withMetadata(own, settings.inputs, group[0]?.options.tsconfig);
}
