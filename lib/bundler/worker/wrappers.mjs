// @ts-check
import { join, resolve, sep } from 'node:path';

/**
 * Handler wrappers, each exported by the file of its name in `lib/runtime/handlers`. The type ensures that they are
 * those of the analysis.
 *
 * @type {Readonly<Record<Exclude<import('../../handler/handler-analysis.js').HandlerKind, 'plain'>, true>>}
 */
const KINDS = {
  authorizer: true,
  consume: true,
  handle: true,
  job: true,
  route: true,
  step: true,
  trigger: true,
  worker: true,
};
const WRAPPERS = Object.keys(KINDS);

const LIBRARY = join(import.meta.dirname, '..', '..');
const FOLDERS = [join(LIBRARY, 'runtime'), join(LIBRARY, 'esm', 'runtime')];

/** The runtime in another copy of this library. */
const RUNTIME = /[\\/]cdk-trellis[\\/](lib|dist([\\/]esm)?)[\\/]runtime[\\/]/;

/** @param {string} file */
export function isRuntime(file) {
  return FOLDERS.some((folder) => file.startsWith(folder + sep)) || RUNTIME.test(file);
}

/**
 * Returns the wrappers among the names that a unit imports from the runtime.
 *
 * @param {import('./protocol.mjs').VendorEntry[]} entries entries of the runtime
 */
export function namedWrappers(entries) {
  const used = entries.flatMap(({ names }) =>
    names === '*' ? WRAPPERS : names.map((name) => name.split('.')[0] ?? ''),
  );
  return WRAPPERS.filter((name) => used.includes(name));
}

/**
 * Returns the wrappers in outputs, from which unused code is gone.
 *
 * @param {import('esbuild').Metafile} metafile
 * @param {string} root
 * @param {Iterable<string>} outputs paths of the outputs
 */
export function bundledWrappers({ outputs: all }, root, outputs) {
  const found = new Set();
  for (const path of outputs) {
    for (const [input, { bytesInOutput }] of Object.entries(all[path]?.inputs ?? {})) {
      if (bytesInOutput > 0 && isRuntime(resolve(root, input))) found.add(wrapperIn(input));
    }
  }
  return WRAPPERS.filter((name) => found.has(name));
}

/** @param {string} file */
function wrapperIn(file) {
  return /[\\/]handlers[\\/]([\w-]+)\.[cm]?[jt]s$/.exec(file)?.[1];
}

/**
 * Returns an output and all outputs that it loads.
 *
 * @param {import('esbuild').Metafile} metafile
 * @param {string} path
 */
export function loadedBy({ outputs }, path) {
  const loaded = new Set([path]);
  for (const output of loaded) {
    for (const used of outputs[output]?.imports ?? []) if (!used.external) loaded.add(used.path);
  }
  return loaded;
}
