import { relative } from 'node:path';
import type { IConstruct } from 'constructs';
import type { Artifact } from '../project-cache/artifact.js';
import { sha256 } from '../project-cache/hash.js';
import { ProjectCaches } from '../project-cache/project-caches.js';
import type * as BundleThread from './bundle-thread.js';
import { BundlingError } from './bundling-error.js';
import { type Failure, type Finished, Work } from './job-queue.js';
import { dependencySet, type LayerNeeds } from './vendor-set.js';
import type { DependencySet, Unit } from './worker/protocol.mjs';

/** What was built, and where it is. */
export interface Built {
  readonly artifact: Artifact;
  readonly store: string;
}

/** The automatic layer of a stack. */
export interface Layer {
  /** Whether its stack is asked for. */
  readonly isBundlingRequired: boolean;
  /** What it serves, by the keys that `add` has returned. */
  readonly keys: ReadonlySet<string>;
  /** How often something was added to it. */
  readonly version: number;
  needs(): LayerNeeds;
}

/** Wrappers of handlers, by their names in `cdk-trellis/runtime`. */
export interface Wrappers {
  readonly own: readonly string[];
  readonly inPackages: readonly { readonly specifier: string; readonly names: readonly string[] }[];
}

interface KnownSet {
  readonly version: number;
  readonly key: string;
  readonly set: DependencySet;
}

/** As the worker's protocol has it. */
const OWN = 'own';

/** So many constructs are named in an error. */
const MAX_USERS = 5;

const bundlers = new WeakMap<IConstruct, Bundler>();

/**
 * Builds the code of all functions and layers of an app: nothing that a cache has, and nothing twice that several
 * functions or stacks use. The work is done in another thread, while the app goes on creating constructs.
 */
export class Bundler {
  static of(scope: IConstruct): Bundler {
    const app = scope.node.root;
    const bundler = bundlers.get(app) ?? new Bundler(ProjectCaches.of(scope));
    bundlers.set(app, bundler);
    return bundler;
  }

  private readonly units = new Map<string, { readonly unit: Unit; readonly users: string[] }>();
  private readonly layers = new Map<Layer, KnownSet | undefined>();
  private readonly unitWork = new Work();
  private readonly vendorWork = new Work();
  private readonly builds = new Map<string, Built>();

  private constructor(private readonly caches: ProjectCaches) {}

  /**
   * Announces what is to be built.
   *
   * @param user the path of the construct that errors name
   * @param isBundlingRequired whether its stack is asked for: the work begins at once then
   * @returns the key to ask for it with
   */
  public add(user: string, unit: Unit, isBundlingRequired: boolean): string {
    const { root, folder, entries, ...rest } = unit;
    const sources = Object.entries(entries).map(([out, file]) => [out, relative(root, file)]);
    const name = folder === undefined ? 'function' : 'layer';
    const key = `${name} ${sha256(JSON.stringify([root, sources, folder, rest]))}`;
    const known = this.units.get(key) ?? { unit, users: [] };
    known.users.push(user);
    this.units.set(key, known);
    if (isBundlingRequired) this.begin(key, unit);
    return key;
  }

  /** A function's bundle or a shared layer's folder. */
  public built(key: string): Built {
    const unit = this.units.get(key)?.unit;
    if (!unit) throw new Error(`Nothing to build is known as ${key}`);
    this.prepareLayers();
    return this.inStore(unit.root, this.finishedUnit(key, unit).artifact);
  }

  /** The wrappers of handlers in a function's own code, and in the packages that it uses. */
  public wrappers(key: string, layer: Layer): Wrappers {
    const finished = this.unitWork.get(key);
    const known = this.layers.get(layer);
    const packages = known && this.vendorWork.get(known.key)?.findings.wrappers;
    const inPackages = (finished?.findings.vendors ?? []).flatMap(({ id, specifier }) =>
      packages?.[id] ? [{ specifier, names: packages[id] }] : [],
    );
    return { own: finished?.findings.wrappers[OWN] ?? [], inPackages };
  }

  /** What is to be known of an automatic layer that was built. */
  public warnings(layer: Layer): readonly string[] {
    const known = this.layers.get(layer);
    const warnings = (known && this.vendorWork.get(known.key)?.findings.warnings) ?? [];
    return warnings.map(({ text }) => text);
  }

  /** Announces an automatic layer. */
  public addLayer(layer: Layer): void {
    this.layers.set(layer, undefined);
  }

  /** Has the automatic layers built that are asked for: all that they serve is known now. */
  public prepareLayers(): void {
    for (const layer of this.layers.keys()) if (layer.isBundlingRequired) this.beginLayer(layer);
    // Before anything of the cache is used, it is marked as used: nobody removes it then.
    this.save();
  }

  /** The folder of an automatic layer. */
  public builtLayer(layer: Layer): Built {
    this.prepareLayers();
    const { key, set } = this.beginLayer(layer);
    if (!this.vendorWork.get(key)) {
      const failures = this.vendorWork.finish();
      this.save();
      if (failures.length > 0) throw this.vendorError(failures);
    }
    return this.inStore(set.root, (this.vendorWork.get(key) as Finished).artifact);
  }

  private begin(key: string, unit: Unit): void {
    const cache = this.caches.at(unit.root);
    this.unitWork.begin(key, cache, () => thread().Job.project({ store: cache.store, unit }));
  }

  private finishedUnit(key: string, unit: Unit): Finished {
    const known = this.unitWork.get(key);
    if (known) return known;
    this.begin(key, unit);
    const failures = this.unitWork.finish();
    if (failures.length > 0) {
      this.save();
      throw this.unitError(failures);
    }
    return this.unitWork.get(key) as Finished;
  }

  private beginLayer(layer: Layer): KnownSet {
    const known = this.layers.get(layer);
    if (known?.version === layer.version) return known;
    const needs = layer.needs();
    const served = [...layer.keys].flatMap((key) => {
      const unit = this.units.get(key)?.unit;
      const platforms = needs.platforms.get(key);
      return unit ? [{ unit, platforms, vendors: this.finishedUnit(key, unit).findings.vendors }] : [];
    });
    const made = { version: layer.version, ...dependencySet(served, needs) };
    this.layers.set(layer, made);
    const cache = this.caches.at(made.set.root);
    this.vendorWork.begin(made.key, cache, () => thread().Job.vendor({ store: cache.store, set: made.set }));
    return made;
  }

  private unitError(failures: readonly Failure[]): BundlingError {
    const texts = failures.map(({ key, errors }) => {
      const known = this.units.get(key);
      const [entry = ''] = Object.values(known?.unit.entries ?? {});
      const list = errors.map(({ text }) => `\n  ${text}`).join('');
      return `The code of ${known?.users.join(', ')} cannot be bundled (from ${relative(process.cwd(), entry)}):${list}`;
    });
    return new BundlingError(texts.join('\n'));
  }

  private vendorError(failures: readonly Failure[]): BundlingError {
    const texts = failures.flatMap(({ errors }) =>
      errors.map(({ text, entries = [] }) => {
        const users = this.usersOf(entries);
        return `\n  ${text}${users && ` (imported by ${users})`}`;
      }),
    );
    return new BundlingError(
      `Packages that functions import cannot be bundled:${[...new Set(texts)].join('')}`,
    );
  }

  /** The constructs whose code has one of these entries of a layer. */
  private usersOf(entries: readonly string[]): string {
    const users = [...this.units].flatMap(([key, { users }]) =>
      this.unitWork.get(key)?.findings.vendors.some(({ id }) => entries.includes(id)) ? users : [],
    );
    const others = users.length > MAX_USERS ? ` and ${users.length - MAX_USERS} others` : '';
    return users.slice(0, MAX_USERS).join(', ') + others;
  }

  /** The same object for the same folder: whoever has it knows that nothing has changed. */
  private inStore(root: string, artifact: Artifact): Built {
    const { store } = this.caches.at(root);
    const known = this.builds.get(`${store} ${artifact.name}`) ?? { artifact, store };
    this.builds.set(`${store} ${artifact.name}`, known);
    return known;
  }

  private save(): void {
    for (const work of [this.unitWork, this.vendorWork]) work.remember();
    this.caches.save();
  }
}

/** Loaded when something is to be built: a synth that finds everything in its cache needs no thread. */
function thread(): typeof BundleThread {
  return require('./bundle-thread.js') as typeof BundleThread;
}
