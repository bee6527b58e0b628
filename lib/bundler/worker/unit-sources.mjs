// @ts-check
import { join, relative, resolve } from 'node:path';
import { withMetadata } from './decorators.mjs';
import { CodeError } from './errors.mjs';
import { dependencies, isInstalled, isVirtual, noteSettings } from './inputs.mjs';

/** @typedef {import('./protocol.mjs').Unit} Unit */

/**
 * Returns the files that a unit may consist of: everything its entries import, directly or not, also files of which
 * nothing remains in the output.
 *
 * @param {Unit} unit
 * @param {import('esbuild').Metafile} metafile
 * @param {Map<string, string>} inputs esbuild's file names by absolute path
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
 * Asserts that a module exists once in a function; otherwise `instanceof` fails and its state is duplicated. A layer
 * contains no project code from outside its folder, and a function takes a layer's code from the layer only.
 *
 * @param {Unit} unit
 * @param {string[]} sources
 */
export function assertNoForeignSources({ folder, root, layers }, sources) {
  const isIn = (/** @type {string} */ file, /** @type {string} */ above) => file.startsWith(join(above, '/'));
  const errors = [];
  const foreign = sources.filter((file) => folder !== undefined && !isIn(file, folder));
  if (foreign.length > 0) {
    const list = foreign.map((file) => relative(root, file)).join(', ');
    const text = `A layer must import only files of its folder and packages from npm, got ${list}. Move it into the layer.`;
    errors.push({ text });
  }
  for (const layer of layers) {
    const duplicate = sources.find((file) => isIn(file, layer.folder));
    if (!duplicate) continue;
    const text = `${relative(root, duplicate)} is in the layer ${layer.name} and would also be in the function. Import it by the layer's package name, not by its path.`;
    errors.push({ text });
  }
  if (errors.length > 0) throw new CodeError(errors);
}

/**
 * Returns the files that must be compiled before esbuild and that no user plugin loads.
 *
 * @param {Unit[]} group
 * @param {import('esbuild').Metafile} metafile
 * @param {Map<string, string>} inputs
 * @param {ReadonlySet<string>} loaded
 */
export async function decoratedFiles(group, metafile, inputs, loaded) {
  const sources = new Set(group.flatMap((unit) => reachable(unit, metafile, inputs)));
  const projectFiles = [...sources].filter((file) => !isInstalled(file) && !loaded.has(file));
  const settings = dependencies();
  noteSettings(settings, projectFiles, group[0]?.options.tsconfig, new Map());
  return withMetadata(projectFiles, settings.inputs, group[0]?.options.tsconfig);
}
