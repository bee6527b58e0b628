import { join, relative } from 'node:path';
import type { IConstruct } from 'constructs';
import { bundleProject, bundleVendors } from './bundle-thread.js';
import { BundlingError } from './bundling-error.js';
import { Cache } from './cache.js';
import { analyzeHandler, type HandlerAnalysis } from './handler-analysis.js';
import { sha256 } from './hash.js';
import { projectRoot } from './project.js';
import type { Artifact, Failure, Unit, UnitResult, VendorEntry, VendorSet } from './worker/protocol.mjs';

/** A built folder and where it is. */
export interface Built {
  readonly artifact: Artifact;
  readonly store: string;
}

const bundlers = new WeakMap<IConstruct, Bundler>();

/**
 * Builds the code of all functions and layers of an app, in one run, when the first of them is asked for: nothing
 * is built that a cache has, and nothing twice that several stacks use.
 */
export class Bundler {
  static of(scope: IConstruct): Bundler {
    const app = scope.node.root;
    const bundler = bundlers.get(app) ?? new Bundler();
    bundlers.set(app, bundler);
    return bundler;
  }

  private readonly caches = new Map<string, Cache>();
  private readonly units = new Map<string, { unit: Unit; users: string[] }>();
  private readonly results = new Map<string, UnitResult>();
  private readonly vendors = new Map<string, Artifact>();
  private readonly layers: (() => readonly string[])[] = [];

  /** What a handler's source says. */
  public analyze(entry: string): HandlerAnalysis {
    const root = projectRoot(entry);
    const cache = this.cache(root);
    const key = `handler ${relative(root, entry)}`;
    const known = cache.get<HandlerAnalysis>(key);
    if (known) return known;
    const since = Date.now();
    const visited = new Set<string>();
    const analysis = analyzeHandler(entry, visited);
    cache.set(
      key,
      [...visited].map((file) => relative(root, file)),
      analysis,
      since,
    );
    return analysis;
  }

  /**
   * Announces what is to be built.
   *
   * @param user the path of the construct that errors name
   * @returns the key to ask for it with
   */
  public add(user: string, unit: Omit<Unit, 'key'>): string {
    const { root, folder, entries, ...rest } = unit;
    const sources = Object.entries(entries).map(([out, file]) => [out, relative(root, file)]);
    const name = folder === undefined ? 'function' : 'layer';
    const key = `${name} ${sha256(JSON.stringify([sources, folder && relative(root, folder), rest]), root)}`;
    const known = this.units.get(key) ?? { unit: { ...unit, key }, users: [] };
    known.users.push(user);
    this.units.set(key, known);
    return key;
  }

  /** A function's bundle or a shared layer's folder. */
  public built(key: string): Built {
    const unit = this.units.get(key)?.unit;
    if (!unit) throw new Error(`Nothing to build is known as ${key}`);
    return { artifact: this.result(key).artifact, store: this.cache(unit.root).store };
  }

  /** Announces an automatic layer, which serves all functions and layers that `keys` then says. */
  public addVendors(keys: () => readonly string[]): void {
    this.layers.push(keys);
  }

  /** The folder of an automatic layer. */
  public builtVendors(keys: readonly string[]): Built {
    const set = this.vendorSet(keys);
    if (!this.vendors.has(set.key)) this.buildVendors();
    return { artifact: this.vendors.get(set.key) as Artifact, store: this.cache(set.root).store };
  }

  private result(key: string): UnitResult {
    if (!this.results.has(key)) this.buildPending();
    return this.results.get(key) as UnitResult;
  }

  /** All that was announced since the last time: the first construct that is resolved pays for all. */
  private buildPending(): void {
    for (const cache of this.caches.values()) cache.refresh();
    const missing = new Map<string, Unit[]>();
    for (const { unit } of this.units.values()) {
      if (this.results.has(unit.key)) continue;
      const cache = this.cache(unit.root);
      const known = cache.get<UnitResult>(unit.key);
      if (known && cache.holds(known.artifact)) this.results.set(unit.key, known);
      else missing.set(unit.root, [...(missing.get(unit.root) ?? []), unit]);
    }
    for (const [root, units] of missing) this.buildUnits(this.cache(root), units);
    for (const cache of this.caches.values()) cache.save();
  }

  private buildUnits(cache: Cache, units: Unit[]): void {
    const since = Date.now();
    const { units: results, failures } = bundleProject({ store: cache.store, units });
    for (const [key, result] of Object.entries(results)) {
      cache.set(key, result.inputs, result, since);
      this.results.set(key, result);
    }
    cache.save();
    if (failures.length > 0)
      throw new BundlingError(failures.map((failure) => this.explain(failure)).join('\n'));
  }

  private explain({ key, errors }: Failure): string {
    const known = this.units.get(key);
    const users = known?.users.join(', ');
    const [entry = ''] = Object.values(known?.unit.entries ?? {});
    const list = errors.map((error) => `\n  ${error}`).join('');
    return `The code of ${users} cannot be bundled (from ${relative(process.cwd(), entry)}):${list}`;
  }

  private vendorSet(keys: readonly string[]): VendorSet {
    const units = keys.map((key) => this.units.get(key)?.unit).filter((unit) => unit !== undefined);
    // Functions of one stack may have different runtimes: the oldest must understand the layer.
    const [oldest] = [...units].sort((a, b) => runtimeVersion(a) - runtimeVersion(b));
    const { root = process.cwd(), target = 'node24', conditions = [] } = oldest ?? {};
    const entries = new Map<string, VendorEntry>();
    for (const unit of units) {
      for (const vendor of this.result(unit.key).vendors) {
        const from = relative(root, join(unit.root, vendor.from));
        const known = entries.get(vendor.id);
        // Any place it can be resolved from will do; always the same one is the point.
        if (!known || from < known.from) entries.set(vendor.id, { ...vendor, from });
      }
    }
    const sorted = [...entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const key = `vendors ${sha256(JSON.stringify([sorted.map(({ id }) => id), target, conditions]), root)}`;
    return { key, root, target, conditions, entries: sorted };
  }

  /** The automatic layers of all stacks, at once; stacks that use the same names have the same layer. */
  private buildVendors(): void {
    const missing = new Map<string, VendorSet[]>();
    const sets = new Map(this.layers.map((keys) => this.vendorSet(keys())).map((set) => [set.key, set]));
    for (const set of sets.values()) {
      if (this.vendors.has(set.key)) continue;
      const cache = this.cache(set.root);
      const known = cache.get<Artifact>(set.key);
      if (known && cache.holds(known)) this.vendors.set(set.key, known);
      else missing.set(set.root, [...(missing.get(set.root) ?? []), set]);
    }
    for (const [root, needed] of missing) this.buildVendorSets(this.cache(root), needed);
  }

  private buildVendorSets(cache: Cache, sets: VendorSet[]): void {
    const since = Date.now();
    const { sets: built, failures } = bundleVendors({ store: cache.store, sets });
    for (const [key, { artifact, inputs }] of Object.entries(built)) {
      cache.set(key, inputs, artifact, since);
      this.vendors.set(key, artifact);
    }
    cache.save();
    if (failures.length === 0) return;
    const errors = new Set(failures.flatMap((failure) => failure.errors).map((error) => `\n  ${error}`));
    throw new BundlingError(`Packages that functions import cannot be bundled:${[...errors].join('')}`);
  }

  private cache(root: string): Cache {
    const cache = this.caches.get(root) ?? new Cache(root);
    this.caches.set(root, cache);
    return cache;
  }
}

function runtimeVersion({ target }: Unit): number {
  return Number(/\d+/.exec(target)?.[0] ?? 0);
}
