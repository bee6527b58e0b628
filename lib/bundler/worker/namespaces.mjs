// @ts-check
import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { commonOptions } from './esbuild-options.mjs';
import { isInstalled } from './inputs.mjs';
import { shapeOf } from './module-shape.mjs';

/**
 * @typedef {import('./module-shape.mjs').Shape} Shape
 * @typedef {{ specifier: string, folder: string }} Place A module as it is imported, and from where.
 * @typedef {{ place: Place, folder: string, shape: Shape }} Passed
 * @typedef {{ module: Place, passed: Passed[], own: ReadonlySet<string> | undefined }} Namespace
 *   What `module` exports, as one object. `passed` are the modules on the way to it and the module itself, which an
 *   import of the namespace runs. If there are `own` names, esbuild keeps what the module does besides only for these.
 * @typedef {Namespace | 'other' | undefined} Exported what a module exports by a name, if it does
 * @typedef {(specifier: string, folder: string) => Promise<import('esbuild').ResolveResult>} Resolve
 */

/**
 * Finds out which exports of packages are namespaces: `export * as z from './z.js'`, or `import * as z` and
 * `export { z }`. esbuild leaves out nothing of them, whatever members of `z` are used.
 *
 * What is not understood is none; nor is one that is found by way of a module which does something besides, if its
 * package says that it may be left out: with the members alone, esbuild would.
 */
export class Namespaces {
  /** The files that answers depend on. @type {Set<string>} */
  files = new Set();
  /** @type {Map<string, Promise<Shape | undefined>>} */
  #shapes = new Map();
  /** @type {Map<string, Promise<Namespace | undefined>>} */
  #found = new Map();
  #resolve;

  /** @param {Resolve} resolve as the automatic layer's build does */
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
    const known = this.#found.get(key) ?? this.#export(place, name, new Set()).then(namespaceOnly);
    this.#found.set(key, known);
    return known;
  }

  /**
   * How much of `z.iso.datetime.name` says what is used of a module: that of which `z` and `z.iso` are namespaces.
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
   * @param {Set<string>} seen the files that have been asked for it: modules may export one another
   * @returns {Promise<Exported>}
   */
  async #export(place, name, seen) {
    // Of files whose names are all exported the near ones come first: most names of a large package are not far.
    // That another one has the name, too, would be an error.
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
   * @param {Place} module that the last one of them exports something of
   * @param {string | null} name of it
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
   * Whether what a module does besides is done without a use of it: there is nothing, or its package does not say that
   * it may be left out.
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
    const known = this.#shapes.get(file) ?? shapeOf(file);
    this.#shapes.set(file, known);
    return known;
  }

  /** @param {Place} place @returns {Promise<string | undefined>} */
  async #fileOf({ specifier, folder }) {
    // Most are such, and esbuild is in another process.
    const near = /^\.\.?\//.test(specifier) ? join(folder, specifier) : '';
    const { path, namespace } =
      extname(near) !== '' && existsSync(near)
        ? { path: near, namespace: 'file' }
        : await this.#resolve(specifier, folder);
    // Of what is not installed, the lockfile does not tell when it changes.
    return namespace === 'file' && isInstalled(path) ? path : undefined;
  }
}

/** @param {Exported} found */
function namespaceOnly(found) {
  return typeof found === 'object' ? found : undefined;
}

/**
 * Has the namespaces of packages found as the build of the automatic layer finds them, outside of it.
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
