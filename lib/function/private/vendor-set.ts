import { join, relative } from 'node:path';
import { sha256 } from './hash.js';
import type { Unit, VendorEntry, VendorSet } from './worker/protocol.mjs';

/** A function, or a shared layer, that an automatic layer serves. */
export interface Served {
  readonly unit: Unit;
  readonly vendors: readonly VendorEntry[];
}

/** What is to be known of a layer's functions besides their bundles. */
export interface LayerNeeds {
  /** The platforms that they run on, as Node.js names them: `linux-arm64`. */
  readonly platforms: readonly string[];
  /** The folders of packages that are not to be bundled, by name. */
  readonly nodeModules: Readonly<Record<string, string>>;
}

/** What an automatic layer consists of, and a key that says so. */
export function vendorSet(served: readonly Served[], needs: LayerNeeds): { key: string; set: VendorSet } {
  // Functions of one stack may have different runtimes: the oldest must understand the layer.
  const [oldest] = served.map(({ unit }) => unit).sort((a, b) => runtimeVersion(a) - runtimeVersion(b));
  const { root = process.cwd(), target = 'node24', conditions = [] } = oldest ?? {};
  const byId = new Map<string, VendorEntry>();
  for (const { unit, vendors } of served) {
    for (const vendor of vendors) {
      const from = unit.root === root ? vendor.from : relative(root, join(unit.root, vendor.from));
      const known = byId.get(vendor.id);
      byId.set(vendor.id, known ? both(known, { ...vendor, from }) : { ...vendor, from });
    }
  }
  const entries = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const nodeModules = Object.entries(needs.nodeModules)
    .map(([name, folder]): [string, string] => [name, relative(root, folder)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const platforms = [...needs.platforms].sort();
  const ids = entries.map(({ id }) => id);
  const key = `vendors ${sha256(JSON.stringify([ids, target, conditions, nodeModules, platforms]))}`;
  return { key, set: { root, target, conditions, entries, nodeModules, platforms } };
}

function both(one: VendorEntry, other: VendorEntry): VendorEntry {
  // Any place it can be resolved from will do; always the same one is the point.
  const [from = one.from] = [one.from, other.from].sort();
  return {
    ...one,
    from,
    // What one of them imports must be there.
    perhaps: one.perhaps.filter((name) => other.perhaps.includes(name)),
  };
}

function runtimeVersion({ target }: Unit): number {
  return Number(/\d+/.exec(target)?.[0] ?? 0);
}
