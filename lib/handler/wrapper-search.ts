import { ELSEWHERE, type Module, type Node } from './module.js';
import { namesOf, partsOf } from './node-parts.js';
import {
  exportOrigin,
  follow,
  importedLater,
  NAMESPACE,
  type Origin,
  originOf,
  required,
  runtimeName,
} from './runtime-names.js';
import { SourceError } from './source-error.js';

/** Imports of a plain handler that the analysis has not followed. */
export interface Unseen {
  /** Packages, most of which do not use this library. */
  readonly packages: readonly string[];
  /** Modules that cannot be resolved or read as modules of the project. */
  readonly modules: readonly string[];
}

/** A wrapper with needs. */
export interface Wrapped {
  readonly wrapper: string;
  readonly module: Module;
  readonly node: Node;
}

/** Searches for a wrapper in everything that a handler refers to, in its module and in those that it imports. */
export class WrapperSearch {
  private readonly seen = new Set<Node>();
  private readonly packages = new Set<string>();
  private readonly modules = new Set<string>();

  /**
   * @param wrappers index of the needs among each wrapper's arguments
   * @param notesUnseen false to pass over modules that cannot name a wrapper, whose imports are not noted then
   */
  constructor(
    private readonly wrappers: Readonly<Record<string, number>>,
    private readonly withOwnNeeds: readonly string[],
    private readonly notesUnseen = true,
  ) {}

  public unseen(): Unseen | undefined {
    const [packages, modules] = [this.packages, this.modules].map((names) => [...names].sort());
    return packages?.length || modules?.length
      ? { packages: packages ?? [], modules: modules ?? [] }
      : undefined;
  }

  /**
   * Returns the first wrapper in a node, or in the values that it names.
   *
   * @param hidden names that are shadowed in the node by parameters and variables of functions
   */
  public search(module: Module, node: Node, hidden: ReadonlySet<string>): Wrapped | undefined {
    if (this.seen.has(node)) return undefined;
    this.seen.add(node);
    if (node.type === 'External') this.note(node);
    const wrapper = this.wrapperAt(module, node, hidden);
    if (wrapper !== undefined) return { wrapper, module, node };
    if (isOfNamespace(module, node, hidden)) {
      return this.searchOrigin(this.followed(() => originOf({ module, node }, true), rootOf(node).name));
    }
    const names = namesOf(node);
    const inside = names.length > 0 ? new Set([...hidden, ...names]) : hidden;
    for (const part of this.partsOf(module, node, hidden)) {
      const found = this.search(module, part, inside);
      if (found) return found;
    }
    return hidden.has(node.name) ? undefined : this.searchValue(module, node);
  }

  /** Returns the wrapper that a node names, unless it is called without needs. */
  private wrapperAt(module: Module, node: Node, hidden: ReadonlySet<string>): string | undefined {
    if (!/^(Identifier|(Optional)?MemberExpression)$/.test(node.type) || hidden.has(rootOf(node)?.name))
      return undefined;
    const name = this.parsed(() => runtimeName(module, node));
    return name !== undefined && name in this.wrappers ? name : undefined;
  }

  private partsOf(module: Module, node: Node, hidden: ReadonlySet<string>): Node[] {
    const parts = partsOf(node);
    if (node.type !== 'CallExpression') return parts;
    // `place.with(clients)` connects nothing: its needs belong to the caller.
    if (isWith(node.callee)) return node.arguments;
    const wrapper = this.wrapperAt(module, node.callee, hidden);
    if (wrapper === undefined || this.withOwnNeeds.includes(wrapper)) return parts;
    const needs = node.arguments[this.wrappers[wrapper] as number];
    const isWithoutNeeds = needs?.type === 'ObjectExpression' && needs.properties.length === 0;
    return isWithoutNeeds ? parts.filter((part) => part !== node.callee) : parts;
  }

  /** Searches the value of a name or an import. */
  private searchValue(module: Module, node: Node): Wrapped | undefined {
    if (node === ELSEWHERE) return this.searchModule(module);
    const later = importedLater(node) ?? required(node);
    if (later !== undefined)
      return this.searchOrigin(this.followed(() => follow(module, { from: later, name: '*' }, true), later));
    if (node.type !== 'Identifier') return undefined;
    const imported = module.imports.get(node.name);
    if (imported)
      return this.searchOrigin(this.followed(() => follow(module, imported, true), imported.from));
    const value = module.members.get(node.name)?.object ?? module.values.get(node.name);
    return value && this.search(module, value, new Set());
  }

  private searchOrigin(origin: Origin | undefined): Wrapped | undefined {
    if (!origin) return undefined;
    if ('runtime' in origin) {
      // The whole module may be used in any way.
      if (origin.runtime === '*') this.note({ from: 'cdk-trellis/runtime', isPackage: false });
      return undefined;
    }
    if ('from' in origin) {
      this.note(origin);
      return undefined;
    }
    if (!this.notesUnseen && isLeaf(origin.module)) return undefined;
    if (origin.node.type === NAMESPACE) return this.searchModule(origin.module);
    return this.search(origin.module, origin.node, new Set());
  }

  /** Searches all of a module: it is used as a whole, or a variable may get its value anywhere. */
  private searchModule(module: Module): Wrapped | undefined {
    for (const node of module.body) {
      const found = this.search(module, node, new Set());
      if (found) return found;
    }
    const exported = [...module.exports.keys()];
    for (const name of exported) {
      const found = this.searchOrigin(this.followed(() => exportOrigin(module, name, true), module.file));
      if (found) return found;
    }
    return undefined;
  }

  private followed(work: () => Origin | undefined, from: string): Origin | undefined {
    return this.parsed(work, { from, isPackage: false });
  }

  /** Runs the work, or returns the fallback for a file that cannot be parsed, which the bundler reports. */
  private parsed<Value>(work: () => Value, fallback?: Value): Value | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      return fallback;
    }
  }

  private note({ from, isPackage }: { from: string; isPackage: boolean }): void {
    (isPackage ? this.packages : this.modules).add(from);
  }
}

/** Returns true for a module that imports neither the runtime nor a module of the project: it cannot name a wrapper. */
function isLeaf(module: Module): boolean {
  if (module.importsLater) return false;
  const imported = [...module.imports.values(), ...module.exports.values()].map(({ from }) => from);
  return [...imported, ...module.stars].every(
    (from) =>
      typeof from !== 'string' || /^(package|other|unseen)$/.test(String(module.graph.target(module, from))),
  );
}

/** Returns true for `handler.with`. */
function isWith(callee: Node): boolean {
  return callee.type === 'MemberExpression' && !callee.computed && callee.property.name === 'with';
}

/** Returns the `a` of `a.b.c`. */
function rootOf(node: Node): Node {
  return /^(Optional)?MemberExpression$/.test(node?.type) ? rootOf(node.object) : node;
}

/** Returns true if a node is `all.place`, where `all` is an imported module as a whole. */
function isOfNamespace(module: Module, node: Node, hidden: ReadonlySet<string>): boolean {
  if (!/^(Optional)?MemberExpression$/.test(node.type)) return false;
  const { name } = rootOf(node);
  const isKnown = !node.computed || node.property.type === 'StringLiteral';
  return isKnown && !hidden.has(name) && module.imports.get(name)?.name === '*';
}
