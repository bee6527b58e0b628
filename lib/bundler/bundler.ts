import { relative } from 'node:path';
import type { IConstruct } from 'constructs';
import type { Artifact } from '../project-cache/artifact.js';
import { sha256 } from '../project-cache/hash.js';
import { ProjectCaches } from '../project-cache/project-caches.js';
import type * as BundleThread from './bundle-thread.js';
import { type RegisteredUnit, unitError, vendorError } from './failed-builds.js';
import { type Finished, JobQueue } from './job-queue.js';
import { dependencySet, type LayerNeeds } from './vendor-set.js';
import type { DependencySet, Unit } from './worker/protocol.mjs';

/** An artifact and the store that contains it. */
export interface Built {
  readonly artifact: Artifact;
  readonly store: string;
}

/** The dependency layer of a stack. */
export interface Layer {
  /** True if the layer's stack requires bundling. */
  readonly isBundlingRequired: boolean;
  /** Keys, as returned by `add`, of the units that use the layer. */
  readonly keys: ReadonlySet<string>;
  /** The number of additions to the layer. */
  readonly version: number;
  needs(): LayerNeeds;
}

/** Handler wrappers, by their names in `cdk-trellis/runtime`. */
export interface Wrappers {
  readonly own: readonly string[];
  readonly inPackages: readonly { readonly specifier: string; readonly names: readonly string[] }[];
}

interface VersionedSet {
  readonly version: number;
  readonly key: string;
  readonly set: DependencySet;
}

/** The same value as `OWN` in the worker's protocol. */
const OWN = 'own';

const bundlers = new WeakMap<IConstruct, Bundler>();

/**
 * Builds the code of all functions and layers of an app. It builds nothing that is in the cache, and builds once what
 * several functions or stacks share. The builds run in a worker thread while the app creates constructs.
 */
export class Bundler {
  static of(scope: IConstruct): Bundler {
    const app = scope.node.root;
    const bundler = bundlers.get(app) ?? new Bundler(ProjectCaches.of(scope));
    bundlers.set(app, bundler);
    return bundler;
  }

  private readonly units = new Map<string, RegisteredUnit>();
  private readonly layers = new Map<Layer, VersionedSet | undefined>();
  private readonly unitJobs = new JobQueue();
  private readonly vendorJobs = new JobQueue();
  private readonly builds = new Map<string, Built>();

  private constructor(private readonly caches: ProjectCaches) {}

  /**
   * Registers a unit to build.
   *
   * @param user path of the construct, for errors
   * @param isBundlingRequired true if the construct's stack requires bundling: the build starts at once
   * @returns the key for `built`
   */
  public add(user: string, unit: Unit, isBundlingRequired: boolean): string {
    const { root, folder, entries, ...rest } = unit;
    const sources = Object.entries(entries).map(([out, file]) => [out, relative(root, file)]);
    const name = folder === undefined ? 'function' : 'layer';
    const key = `${name} ${sha256(JSON.stringify([root, sources, folder, rest]))}`;
    const registered = this.units.get(key) ?? { unit, users: [] };
    registered.users.push(user);
    this.units.set(key, registered);
    if (isBundlingRequired) this.submit(key, unit);
    return key;
  }

  /** Waits for a function's bundle or a shared layer's folder, and returns it. */
  public built(key: string): Built {
    const unit = this.units.get(key)?.unit;
    if (!unit) throw new Error(`Unknown bundle ${key} (internal error)`);
    this.prepareLayers();
    return this.inStore(unit.root, this.finishedUnit(key, unit).artifact);
  }

  /** Returns the handler wrappers in a function's own code and in the packages that it uses. */
  public wrappers(key: string, layer: Layer): Wrappers {
    const finished = this.unitJobs.get(key);
    const current = this.layers.get(layer);
    const packages = current && this.vendorJobs.get(current.key)?.findings.wrappers;
    const inPackages = (finished?.findings.vendors ?? []).flatMap(({ id, specifier }) =>
      packages?.[id] ? [{ specifier, names: packages[id] }] : [],
    );
    return { own: finished?.findings.wrappers[OWN] ?? [], inPackages };
  }

  /** Returns the warnings about a dependency layer that was built. */
  public warnings(layer: Layer): readonly string[] {
    const current = this.layers.get(layer);
    const warnings = (current && this.vendorJobs.get(current.key)?.findings.warnings) ?? [];
    return warnings.map(({ text }) => text);
  }

  /** Registers a dependency layer. */
  public addLayer(layer: Layer): void {
    this.layers.set(layer, undefined);
  }

  /** Starts the builds of the dependency layers whose stacks require bundling. Called when the app is complete. */
  public prepareLayers(): void {
    for (const layer of this.layers.keys()) if (layer.isBundlingRequired) this.submitLayer(layer);
    // Artifacts are marked as used before their use, so that pruning does not remove them.
    this.save();
  }

  /** Waits for the folder of a dependency layer, and returns it. */
  public builtLayer(layer: Layer): Built {
    this.prepareLayers();
    const { key, set } = this.submitLayer(layer);
    if (!this.vendorJobs.get(key)) {
      const failures = this.vendorJobs.wait();
      this.save();
      if (failures.length > 0) throw vendorError(failures, this.units, this.unitJobs);
    }
    return this.inStore(set.root, (this.vendorJobs.get(key) as Finished).artifact);
  }

  private submit(key: string, unit: Unit): void {
    const cache = this.caches.at(unit.root);
    this.unitJobs.submit(key, cache, () => thread().Job.project({ store: cache.store, unit }));
  }

  private finishedUnit(key: string, unit: Unit): Finished {
    const finished = this.unitJobs.get(key);
    if (finished) return finished;
    this.submit(key, unit);
    const failures = this.unitJobs.wait();
    if (failures.length > 0) {
      this.save();
      throw unitError(failures, this.units);
    }
    return this.unitJobs.get(key) as Finished;
  }

  private submitLayer(layer: Layer): VersionedSet {
    const cached = this.layers.get(layer);
    if (cached?.version === layer.version) return cached;
    const needs = layer.needs();
    const served = [...layer.keys].flatMap((key) => {
      const unit = this.units.get(key)?.unit;
      const platforms = needs.platforms.get(key);
      return unit ? [{ unit, platforms, vendors: this.finishedUnit(key, unit).findings.vendors }] : [];
    });
    const current = { version: layer.version, ...dependencySet(served, needs) };
    this.layers.set(layer, current);
    const cache = this.caches.at(current.set.root);
    this.vendorJobs.submit(current.key, cache, () =>
      thread().Job.vendor({ store: cache.store, set: current.set }),
    );
    return current;
  }

  /** Returns the same object for the same folder: callers detect changes by identity. */
  private inStore(root: string, artifact: Artifact): Built {
    const { store } = this.caches.at(root);
    const built = this.builds.get(`${store} ${artifact.name}`) ?? { artifact, store };
    this.builds.set(`${store} ${artifact.name}`, built);
    return built;
  }

  private save(): void {
    for (const queue of [this.unitJobs, this.vendorJobs]) queue.persist();
    this.caches.save();
  }
}

/** Loads the thread on demand: a synth that finds everything in the cache needs none. */
function thread(): typeof BundleThread {
  return require('./bundle-thread.js') as typeof BundleThread;
}
