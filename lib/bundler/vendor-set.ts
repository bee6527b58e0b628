import { join, relative } from 'node:path';
import { sha256 } from '../project-cache/hash.js';
import { ANY_NODE } from './node-target.js';
import type { DependencySet, LayerEntry, Unit, VendorEntry } from './worker/protocol.mjs';

/** A function or a shared layer that uses a dependency layer. */
export interface Served {
  readonly unit: Unit;
  readonly vendors: readonly VendorEntry[];
  /** The platforms of its functions, in Node.js's notation: `linux-arm64`. @default - the platforms of all functions */
  readonly platforms?: ReadonlySet<string> | undefined;
}

/** Requirements of a layer's functions that are not in their bundles. */
export interface LayerNeeds {
  /** Platforms by unit key. */
  readonly platforms: ReadonlyMap<string, ReadonlySet<string>>;
  /** Packages that are not bundled, by name: their folders, and the platforms of the functions that list them. */
  readonly nodeModules: ReadonlyMap<
    string,
    { readonly folder: string; readonly platforms: ReadonlySet<string> }
  >;
}

/** Returns the content of a dependency layer, and its cache key. */
export function dependencySet(
  served: readonly Served[],
  needs: LayerNeeds,
): { key: string; set: DependencySet } {
  // Functions of a stack may have different runtimes: the layer targets the oldest.
  const [oldest] = served.map(({ unit }) => unit).sort((a, b) => runtimeVersion(a) - runtimeVersion(b));
  const { root = process.cwd(), target = ANY_NODE, conditions = [] } = oldest ?? {};
  const all = new Set([...needs.platforms.values()].flatMap((platforms) => [...platforms]));
  const byId = new Map<string, LayerEntry>();
  for (const { unit, vendors, platforms: required = all } of served) {
    const platforms = [...required].sort();
    for (const vendor of vendors) {
      const from = unit.root === root ? vendor.from : relative(root, join(unit.root, vendor.from));
      const previous = byId.get(vendor.id);
      const entry = { ...vendor, from, platforms };
      byId.set(vendor.id, previous ? merge(previous, entry) : entry);
    }
  }
  const entries = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const nodeModules = [...needs.nodeModules]
    .map(([name, { folder, platforms }]): DependencySet['nodeModules'][number] => [
      name,
      relative(root, folder),
      [...platforms].sort(),
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const used = entries.map(({ id, platforms }) => [id, platforms]);
  const key = `vendors ${sha256(JSON.stringify([used, target, conditions, nodeModules]))}`;
  return { key, set: { root, target, conditions, entries, nodeModules } };
}

function merge(a: LayerEntry, b: LayerEntry): LayerEntry {
  // Any folder from which it resolves is right, if the choice is deterministic.
  const [from = a.from] = [a.from, b.from].sort();
  return {
    ...a,
    from,
    // A name that one of them imports must exist.
    perhaps: a.perhaps.filter((name) => b.perhaps.includes(name)),
    ...(a.importers && {
      importers: [...new Set([...a.importers, ...(b.importers ?? [])])].sort(),
    }),
    platforms: [...new Set([...a.platforms, ...b.platforms])].sort(),
  };
}

function runtimeVersion({ target }: Unit): number {
  return Number(/\d+/.exec(target)?.[0] ?? 0);
}
