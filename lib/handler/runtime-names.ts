import type { Imported, Module, Node } from './module.js';
import { isImported } from './module-exports.js';

/** A value and its module. */
export interface Found {
  readonly module: Module;
  readonly node: Node;
}

/**
 * Origin of an expression: a name of `cdk-trellis/runtime` (`*` for all of it), a value of a module that was read, or a
 * value of a module that was not read: of a package, or one that cannot be resolved. It is absent if the module was
 * read and does not export it.
 */
export type Origin =
  | { readonly runtime: string }
  | Found
  | { readonly from: string; readonly isPackage: boolean; readonly isAbsent?: boolean };

/** All exports of a module, as one object. */
export const NAMESPACE = 'Namespace';

/** Longer chains of names are cycles. */
const MAX_STEPS = 200;

/** Returns the name of an expression in `cdk-trellis/runtime`, through any imports and re-exports. */
export function runtimeName(module: Module, node: Node): string | undefined {
  const origin = originOf({ module, node }, true);
  return 'runtime' in origin && origin.runtime !== '*' && origin.runtime !== 'default'
    ? origin.runtime
    : undefined;
}

/**
 * Follows names through variables, imports and re-exports.
 *
 * @param throughObjects true to follow `kit.handle` into `const kit = { handle }`
 */
export function originOf(found: Found, throughObjects: boolean, steps = 0): Origin {
  const node = unwrapped(found.node);
  const { module } = found;
  if (steps > MAX_STEPS) return { module, node };
  if (node?.type === 'Identifier') return nameOrigin(module, node, throughObjects, steps);
  const member = memberName(node);
  if (member !== undefined) {
    const whole = originOf({ module, node: node.object }, throughObjects, steps + 1);
    return memberOrigin(whole, member, throughObjects, steps) ?? { module, node };
  }
  const from = required(node) ?? importedLater(node?.type === 'AwaitExpression' ? node.argument : undefined);
  return from === undefined
    ? { module, node }
    : follow(module, { from, name: '*' }, throughObjects, steps + 1);
}

function nameOrigin(module: Module, node: Node, throughObjects: boolean, steps: number): Origin {
  const imported = module.imports.get(node.name);
  if (imported) return follow(module, imported, throughObjects, steps + 1);
  const taken = module.members.get(node.name);
  const origin = taken && originOf({ module, node: taken }, throughObjects, steps + 1);
  if (origin && !('node' in origin && origin.node === unwrapped(taken))) return origin;
  const value = module.values.get(node.name);
  return value ? originOf({ module, node: value }, throughObjects, steps + 1) : { module, node };
}

/** Returns the origin of an import in its target module. */
export function follow(module: Module, imported: Imported, throughObjects: boolean, steps = 0): Origin {
  const { from, name } = imported;
  const target = module.graph.target(module, from);
  if (target === 'runtime') return { runtime: name };
  if (typeof target === 'string') return { from, isPackage: target !== 'unseen' };
  const targetModule = module.graph.read(target.file);
  if (name === '*') return { module: targetModule, node: { type: NAMESPACE } };
  const found = exportOrigin(targetModule, name, throughObjects, steps + 1);
  return found ?? { from, isPackage: false, isAbsent: true };
}

/** Returns the origin of a module's export; undefined if it does not exist. */
export function exportOrigin(
  module: Module,
  name: string,
  throughObjects: boolean,
  steps = 0,
): Origin | undefined {
  if (steps > MAX_STEPS) return undefined;
  const exported = module.exports.get(name);
  if (exported) {
    return isImported(exported)
      ? follow(module, exported, throughObjects, steps + 1)
      : originOf({ module, node: exported }, throughObjects, steps + 1);
  }
  // By the language's rules, `export *` excludes the default.
  for (const from of name === 'default' ? [] : starsOf(module)) {
    const target = module.graph.target(module, from);
    if (target === 'runtime') return { runtime: name };
    if (typeof target === 'string') return { from, isPackage: target !== 'unseen' };
    const found = exportOrigin(module.graph.read(target.file), name, throughObjects, steps + 1);
    if (found) return found;
  }
  return module.isCommonJs ? { from: module.file, isPackage: false } : undefined;
}

/** Sorts readable modules first: the exports of the others are not known. */
function starsOf(module: Module): readonly string[] {
  const rank = (from: string) => (typeof module.graph.target(module, from) === 'string' ? 1 : 0);
  return [...module.stars].sort((a, b) => rank(a) - rank(b));
}

function memberOrigin(
  whole: Origin,
  name: string,
  throughObjects: boolean,
  steps: number,
): Origin | undefined {
  if ('runtime' in whole) {
    // Node.js and bundlers expose CommonJS modules as their default export.
    return whole.runtime === '*' || whole.runtime === 'default' ? { runtime: name } : undefined;
  }
  if ('from' in whole) return whole;
  const { module, node } = whole;
  if (node.type === NAMESPACE) return exportOrigin(module, name, throughObjects, steps + 1);
  if (!throughObjects || node.type !== 'ObjectExpression') return undefined;
  const property = node.properties.find(
    ({ key, computed }: Node) => !computed && (key?.name ?? key?.value) === name,
  );
  return property?.value && originOf({ module, node: property.value }, throughObjects, steps + 1);
}

/** Returns the name of `object.name` and `object['name']`. */
function memberName(node: Node): string | undefined {
  if (!/^(Optional)?MemberExpression$/.test(node?.type)) return undefined;
  if (!node.computed) return node.property.name;
  return node.property.type === 'StringLiteral' ? node.property.value : undefined;
}

/** Returns the module of `import('./place.js')`. */
export function importedLater(node: Node): string | undefined {
  const isImport =
    node?.type === 'ImportExpression' || (node?.type === 'CallExpression' && node.callee.type === 'Import');
  const specifier = isImport ? (node.source ?? node.arguments[0]) : undefined;
  return specifier?.type === 'StringLiteral' ? specifier.value : undefined;
}

/** Returns the module of `require('./place.js')`. */
export function required(node: Node): string | undefined {
  const isRequire = node?.type === 'CallExpression' && node.callee.name === 'require';
  const specifier = isRequire ? node.arguments[0] : undefined;
  return specifier?.type === 'StringLiteral' ? specifier.value : undefined;
}

/** Returns an expression without type syntax: `x as const`, `x satisfies Y`, `x!`, `(x)`. */
export function unwrapped(node: Node): Node {
  const types = [
    'TSAsExpression',
    'TSSatisfiesExpression',
    'TSNonNullExpression',
    'TSTypeAssertion',
    'TSInstantiationExpression',
  ];
  return node && [...types, 'ParenthesizedExpression'].includes(node.type)
    ? unwrapped(node.expression)
    : node;
}
