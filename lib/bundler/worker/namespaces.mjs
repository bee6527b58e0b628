// @ts-check
import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { commonOptions } from './esbuild-options.mjs';
import { isInstalled } from './inputs.mjs';
import { shapeOf } from './module-shape.mjs';

/**
 * @typedef {import('./module-shape.mjs').Shape} Shape
 * @typedef {{ specifier: string, folder: string }} Place A module's specifier and the folder of its importer.
 * @typedef {{ place: Place, folder: string, shape: Shape }} Passed
 * @typedef {{ module: Place, passed: Passed[], own: ReadonlySet<string> | undefined }} Namespace
 *   The exports of `module` as one object. `passed` are the modules on the way to it and the module itself, which an
 *   import of the namespace runs. If `own` is set, esbuild keeps the module's side effects only for these names.
 * @typedef {Namespace | 'other' | undefined} Exported the kind of an export; undefined if it does not exist
 * @typedef {(specifier: string, folder: string) => Promise<import('esbuild').ResolveResult>} Resolve
 */

/**
 * Finds the exports of packages that are namespaces: `export * as z from './z.js'`, or `import * as z` and `export { z
 * }`. esbuild keeps all of such a namespace, whichever members of `z` are used.
 *
 * An export that cannot be analyzed does not count as a namespace. Neither does one found through a module with side
 * effects whose package declares that they may be dropped: with the members alone, esbuild would drop them.
 */
export class Namespaces {
  /** Files that the results depend on. @type {Set<string>} */
  files = new Set();
  /** @type {Map<string, Promise<Shape | undefined>>} */
  #shapes = new Map();
  /** @type {Map<string, Promise<Namespace | undefined>>} */
  #found = new Map();
  #resolve;

  /** @param {Resolve} resolve resolves as the dependency layer's build does */
  constructor(resolve) {
    this.#resolve = resolve;
  }

  /**
   * @param {Place} place
   * @param {string} name of an export
   * @returns {Promise<Namespace | undefined>}
   */
  find(place, name) {
    const key = JSON.stringify([place.specifier, place.folder, name]);
    const pending = this.#found.get(key) ?? this.#export(place, name, new Set()).then(namespaceOnly);
    this.#found.set(key, pending);
    return pending;
  }

  /**
   * Returns the shortest prefix of `z.iso.datetime.name` that identifies the used name: up to the first member that is
   * not a namespace.
   *
   * @param {Place} place
   * @param {string[]} path
   * @returns {Promise<string[]>}
   */
  async shortest(place, path) {
    const [name = '', ...rest] = path;
    const found = rest.length > 0 ? await this.find(place, name) : undefined;
    return found ? [name, ...(await this.shortest(found.module, rest))] : [name];
  }

  /**
   * @param {Place} place
   * @param {string} name
   * @param {Set<string>} seen visited files: modules may export one another
   * @returns {Promise<Exported>}
   */
  async #export(place, name, seen) {
    // Searches `export *` breadth-first: most names of a large package are near. A second module with the name would be
    // an error.
    const queue = [{ place, above: /** @type {Passed[]} */ ([]) }];
    for (const { place, above } of queue) {
      const file = await this.#fileOf(place);
      const shape = file && !seen.has(file) ? await this.#shapeOf(file) : undefined;
      if (!file || !shape) continue;
      seen.add(file);
      if (shape.own.has(name)) return 'other';
      const folder = dirname(file);
      const passed = [...above, { place, folder, shape }];
      const from = shape.reexports.get(name);
      if (from) return this.#through(passed, { specifier: from.specifier, folder }, from.name, seen);
      const stars = name === 'default' ? [] : shape.stars;
      for (const specifier of stars) queue.push({ place: { specifier, folder }, above: passed });
    }
    return undefined;
  }

  /**
   * @param {Passed[]} passed
   * @param {Place} module from which the last one re-exports
   * @param {string | null} name exported name, or null for the namespace
   * @param {Set<string>} seen
   * @returns {Promise<Exported>}
   */
  async #through(passed, module, name, seen) {
    const found = name === null ? await this.#whole(module) : await this.#export(module, name, seen);
    if (typeof found !== 'object') return 'other';
    for (const { place, shape } of passed) if (!(await this.#isKept(place, shape))) return 'other';
    return { ...found, passed: [...passed, ...found.passed] };
  }

  /** @param {Place} module @returns {Promise<Namespace | undefined>} */
  async #whole(module) {
    const file = await this.#fileOf(module);
    const shape = file && (await this.#shapeOf(file));
    if (!shape) return undefined;
    const own = (await this.#isKept(module, shape)) ? undefined : shape.own;
    return { module, passed: [{ place: module, folder: dirname(file), shape }], own };
  }

  /**
   * Returns true if a module's side effects are kept without a use of its names: it has none, or its package does not
   * declare that they may be dropped.
   *
   * @param {Place} place
   * @param {Shape} shape
   */
  async #isKept({ specifier, folder }, { isFacade }) {
    return isFacade || (await this.#resolve(specifier, folder)).sideEffects;
  }

  /** @param {string} file */
  #shapeOf(file) {
    this.files.add(file);
    const pending = this.#shapes.get(file) ?? shapeOf(file);
    this.#shapes.set(file, pending);
    return pending;
  }

  /** @param {Place} place @returns {Promise<string | undefined>} */
  async #fileOf({ specifier, folder }) {
    // Resolves relative files here, because most are relative and esbuild runs in another process.
    const near = /^\.\.?\//.test(specifier) ? join(folder, specifier) : '';
    const { path, namespace } =
      extname(near) !== '' && existsSync(near)
        ? { path: near, namespace: 'file' }
        : await this.#resolve(specifier, folder);
    // Only installed files: the lockfile does not cover changes to others.
    return namespace === 'file' && isInstalled(path) ? path : undefined;
  }
}

/** @param {Exported} found */
function namespaceOnly(found) {
  return typeof found === 'object' ? found : undefined;
}

/**
 * Runs work with a `Namespaces` that resolves as the dependency layer's build does, outside of that build.
 *
 * @template Result
 * @param {typeof import('esbuild')} esbuild
 * @param {Parameters<typeof commonOptions>[0]} unit
 * @param {(namespaces: Namespaces) => Promise<Result>} work
 */
export async function withNamespaces(esbuild, unit, work) {
  /** @type {Namespaces | undefined} */
  let namespaces;
  const plugin = {
    name: 'trellis-namespaces',
    setup(/** @type {import('esbuild').PluginBuild} */ build) {
      namespaces = namespacesOf(build);
    },
  };
  const context = await esbuild.context({ ...commonOptions(unit), plugins: [plugin] });
  try {
    return await work(/** @type {Namespaces} */ (namespaces));
  } finally {
    await context.dispose();
  }
}

/** @param {import('esbuild').PluginBuild} build */
export function namespacesOf(build) {
  return new Namespaces((specifier, resolveDir) =>
    build.resolve(specifier, { kind: 'import-statement', resolveDir }),
  );
}
