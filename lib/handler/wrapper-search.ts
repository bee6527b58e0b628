import { ELSEWHERE, type Module, type Node } from './module.js';
import { namesIn } from './module-exports.js';
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

/** Parts of a node that are no code that runs, or whose names are no variables. */
const NO_CODE =
  /^(loc|extra|.*[cC]omments|typeAnnotation|type(Parameters|Arguments)|returnType|superTypeParameters)$/;

/** What is written in types, or says only what a module imports and exports. */
const NO_VALUE =
  /^(Import\w*|Export(All\w*|Specifier)|TS(?!(As|Satisfies|NonNull|Instantiation)\w*$|(TypeAssertion|ExportAssignment|Enum\w*|Module\w*|ParameterProperty)$)\w*)$/;

/** Imports of a plain handler that its analysis has not followed. */
export interface Unseen {
  /** Packages: most do not use this library. */
  readonly packages: readonly string[];
  /** What could not be found or read as a module of the project. */
  readonly modules: readonly string[];
}

/** A wrapper with needs. */
export interface Wrapped {
  readonly wrapper: string;
  readonly module: Module;
  readonly node: Node;
}

/** Looks for a wrapper in all that a handler refers to, in its module and in those that it imports. */
export class WrapperSearch {
  private readonly seen = new Set<Node>();
  private readonly packages = new Set<string>();
  private readonly modules = new Set<string>();

  constructor(
    private readonly wrappers: Readonly<Record<string, number>>,
    private readonly withOwnNeeds: readonly string[],
  ) {}

  public unseen(): Unseen | undefined {
    const [packages, modules] = [this.packages, this.modules].map((names) => [...names].sort());
    return packages?.length || modules?.length
      ? { packages: packages ?? [], modules: modules ?? [] }
      : undefined;
  }

  /**
   * The first wrapper in a node, or in what it names.
   *
   * @param hidden names that mean something else in the node: parameters, and variables of functions
   */
  public below(module: Module, node: Node, hidden: ReadonlySet<string>): Wrapped | undefined {
    if (this.seen.has(node)) return undefined;
    this.seen.add(node);
    if (node.type === 'External') this.note(node);
    const wrapper = this.wrapperAt(module, node, hidden);
    if (wrapper !== undefined) return { wrapper, module, node };
    if (isOfNamespace(module, node, hidden)) {
      return this.at(this.followed(() => originOf({ module, node }, true), rootOf(node).name));
    }
    const inside = new Set([...hidden, ...namesOf(node)]);
    for (const part of this.partsOf(module, node, hidden)) {
      const found = this.below(module, part, inside);
      if (found) return found;
    }
    return hidden.has(node.name) ? undefined : this.behind(module, node);
  }

  /** The wrapper that a node names; not one that is called without needs. */
  private wrapperAt(module: Module, node: Node, hidden: ReadonlySet<string>): string | undefined {
    if (!/^(Identifier|(Optional)?MemberExpression)$/.test(node.type) || hidden.has(rootOf(node)?.name))
      return undefined;
    const name = this.parsed(() => runtimeName(module, node));
    return name !== undefined && name in this.wrappers ? name : undefined;
  }

  private partsOf(module: Module, node: Node, hidden: ReadonlySet<string>): Node[] {
    const parts = partsOf(node);
    if (node.type !== 'CallExpression') return parts;
    // `place.with(clients)` connects nothing: its needs are the caller's.
    if (isWith(node.callee)) return node.arguments;
    const wrapper = this.wrapperAt(module, node.callee, hidden);
    if (wrapper === undefined || this.withOwnNeeds.includes(wrapper)) return parts;
    const needs = node.arguments[this.wrappers[wrapper] as number];
    const isWithoutNeeds = needs?.type === 'ObjectExpression' && needs.properties.length === 0;
    return isWithoutNeeds ? parts.filter((part) => part !== node.callee) : parts;
  }

  /** What a name or an import stands for. */
  private behind(module: Module, node: Node): Wrapped | undefined {
    if (node === ELSEWHERE) return this.all(module);
    const later = importedLater(node) ?? required(node);
    if (later !== undefined)
      return this.at(this.followed(() => follow(module, { from: later, name: '*' }, true), later));
    if (node.type !== 'Identifier') return undefined;
    const imported = module.imports.get(node.name);
    if (imported) return this.at(this.followed(() => follow(module, imported, true), imported.from));
    const value = module.members.get(node.name)?.object ?? module.values.get(node.name);
    return value && this.below(module, value, new Set());
  }

  private at(origin: Origin | undefined): Wrapped | undefined {
    if (!origin) return undefined;
    if ('runtime' in origin) {
      // As a whole, it may be used in any way.
      if (origin.runtime === '*') this.note({ from: 'cdk-trellis/runtime', isPackage: false });
      return undefined;
    }
    if ('from' in origin) {
      this.note(origin);
      return undefined;
    }
    if (origin.node.type === NAMESPACE) return this.all(origin.module);
    return this.below(origin.module, origin.node, new Set());
  }

  /** All of a module: it is used as a whole, or what gives a variable its value may be anywhere. */
  private all(module: Module): Wrapped | undefined {
    for (const node of module.body) {
      const found = this.below(module, node, new Set());
      if (found) return found;
    }
    const exported = [...module.exports.keys()];
    for (const name of exported) {
      const found = this.at(this.followed(() => exportOrigin(module, name, true), module.file));
      if (found) return found;
    }
    return undefined;
  }

  private followed(work: () => Origin | undefined, from: string): Origin | undefined {
    const nowhere = { from, isPackage: false };
    return this.parsed(work, nowhere);
  }

  /** A file that cannot be parsed is the bundler's to report. */
  private parsed<Value>(work: () => Value, otherwise?: Value): Value | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      return otherwise;
    }
  }

  private note({ from, isPackage }: { from: string; isPackage: boolean }): void {
    (isPackage ? this.packages : this.modules).add(from);
  }
}

/** The names that a function or a block declares. */
function namesOf({ type, params = [], body = [] }: Node): string[] {
  if (/Function|Method/.test(type)) return params.flatMap(namesIn);
  if (type !== 'BlockStatement') return [];
  const declared = body.flatMap(({ declarations = [], id }: Node) => [
    id,
    ...declarations.map((one: Node) => one.id),
  ]);
  return declared.flatMap(namesIn);
}

/** Whether a callee is `handler.with`. */
function isWith(callee: Node): boolean {
  return callee.type === 'MemberExpression' && !callee.computed && callee.property.name === 'with';
}

/** The `a` of `a.b.c`. */
function rootOf(node: Node): Node {
  return /^(Optional)?MemberExpression$/.test(node?.type) ? rootOf(node.object) : node;
}

/** Whether a node is `all.place`, where `all` is an imported module as a whole. */
function isOfNamespace(module: Module, node: Node, hidden: ReadonlySet<string>): boolean {
  if (!/^(Optional)?MemberExpression$/.test(node.type)) return false;
  const { name } = rootOf(node);
  const isKnown = !node.computed || node.property.type === 'StringLiteral';
  return isKnown && !hidden.has(name) && module.imports.get(name)?.name === '*';
}

function partsOf(node: Node): Node[] {
  if (NO_VALUE.test(node.type)) return [];
  if (node.type === 'ExportNamedDeclaration' && !node.declaration) return [];
  const isName = node.computed === false;
  return Object.entries(node)
    .filter(([name]) => !NO_CODE.test(name) && !(isName && (name === 'key' || name === 'property')))
    .flatMap(([, value]) => value)
    .filter((value: Node) => typeof value?.type === 'string');
}
