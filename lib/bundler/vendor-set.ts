import { join, relative } from 'node:path';
import { sha256 } from '../project-cache/hash.js';
import type { DependencySet, LayerEntry, Unit, VendorEntry } from './worker/protocol.mjs';

/** A function, or a shared layer, that an automatic layer serves. */
export interface Served {
  readonly unit: Unit;
  readonly vendors: readonly VendorEntry[];
  /** The platforms that its functions run on, as Node.js names them: `linux-arm64`. @default - those of all */
  readonly platforms?: ReadonlySet<string> | undefined;
}

/** What is to be known of a layer's functions besides their bundles. */
export interface LayerNeeds {
  /** The platforms that they run on, by the keys of their units. */
  readonly platforms: ReadonlyMap<string, ReadonlySet<string>>;
  /** Packages that are not to be bundled, by name: their folders, and the platforms of the functions that name them. */
  readonly nodeModules: ReadonlyMap<
    string,
    { readonly folder: string; readonly platforms: ReadonlySet<string> }
  >;
}

/** What an automatic layer consists of, and a key that says so. */
export function dependencySet(
  served: readonly Served[],
  needs: LayerNeeds,
): { key: string; set: DependencySet } {
  // Functions of one stack may have different runtimes: the oldest must understand the layer.
  const [oldest] = served.map(({ unit }) => unit).sort((a, b) => runtimeVersion(a) - runtimeVersion(b));
  const { root = process.cwd(), target = 'node24', conditions = [] } = oldest ?? {};
  const all = new Set([...needs.platforms.values()].flatMap((one) => [...one]));
  const byId = new Map<string, LayerEntry>();
  for (const { unit, vendors, platforms: own = all } of served) {
    const platforms = [...own].sort();
    for (const vendor of vendors) {
      const from = unit.root === root ? vendor.from : relative(root, join(unit.root, vendor.from));
      const known = byId.get(vendor.id);
      const entry = { ...vendor, from, platforms };
      byId.set(vendor.id, known ? both(known, entry) : entry);
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

function both(one: LayerEntry, other: LayerEntry): LayerEntry {
  // Any place it can be resolved from will do; always the same one is the point.
  const [from = one.from] = [one.from, other.from].sort();
  return {
    ...one,
    from,
    // What one of them imports must be there.
    perhaps: one.perhaps.filter((name) => other.perhaps.includes(name)),
    ...(one.importers && {
      importers: [...new Set([...one.importers, ...(other.importers ?? [])])].sort(),
    }),
    platforms: [...new Set([...one.platforms, ...other.platforms])].sort(),
  };
}

function runtimeVersion({ target }: Unit): number {
  return Number(/\d+/.exec(target)?.[0] ?? 0);
}
