import { readFileSync } from 'node:fs';
import type { Module, Node } from './module.js';
import { runtimeName, unwrapped } from './runtime-names.js';
import { SourceError } from './source-error.js';

/** A need as a handler declares it: `orders: table.readWrite`. */
export interface DeclaredNeed {
  readonly name: string;
  readonly kind: string;
  readonly access: string;
}

const REMEDY =
  'Synth reads the needs from the source without running it, so they must be written out: `{ orders: table.readWrite }`, with `table` imported from cdk-trellis/runtime.';

/**
 * Reads `{ orders: table.readWrite }`: names, kinds and accesses.
 *
 * @throws SourceError if a part of it is computed
 */
export function readNeeds(module: Module, argument: Node, line: number, wrapper: string): DeclaredNeed[] {
  const object = literalOf(module, argument);
  if (object?.type !== 'ObjectExpression') {
    const actual = argument ? describe(module, argument) : 'nothing';
    throw new SourceError(
      `the needs of \`${wrapper}\` must be an object literal, got ${actual}. ${REMEDY}`,
      module.file,
      argument?.loc.start.line ?? line,
    );
  }
  return object.properties.map((property: Node) => readNeed(module, property));
}

function readNeed(module: Module, property: Node): DeclaredNeed {
  const line = property.loc.start.line;
  if (property.type !== 'ObjectProperty' || property.computed) {
    const actual = property.type === 'SpreadElement' ? 'a spread' : 'a computed name or a method';
    throw new SourceError(
      `a need must be a name with a kind and an access, got ${actual}. ${REMEDY}`,
      module.file,
      line,
    );
  }
  const name = property.key.name ?? String(property.key.value);
  const value = literalOf(module, property.value);
  const need = value && kindAndAccess(module, value);
  if (!need) {
    const actual = describe(module, property.value);
    throw new SourceError(
      `the need \`${name}\` must be a kind and an access, got ${actual}. ${REMEDY}`,
      module.file,
      line,
    );
  }
  return { name, ...need };
}

/**
 * Returns kind and access of `table.read`, `table<Order>().read`, `bus(OrderPlaced).publish` or
 * `table.index('byDay').read`; `invoke<F>()` has one access, its own name.
 */
function kindAndAccess(module: Module, value: Node): { kind: string; access: string } | undefined {
  if (value.type === 'CallExpression') {
    const kind = runtimeName(module, unwrapped(value.callee));
    return kind ? { kind, access: kind } : undefined;
  }
  if (value.type !== 'MemberExpression' || value.computed) return undefined;
  const object = unwrapped(value.object);
  const kind = runtimeName(module, object.type === 'CallExpression' ? unwrapped(object.callee) : object);
  const access: string = value.property.name;
  return kind ? { kind, access } : ofPart(module, object, access);
}

/** Returns kind and access of `table.index('byDay').read`: the access includes the part. */
function ofPart(module: Module, call: Node, access: string): { kind: string; access: string } | undefined {
  const callee = call.type === 'CallExpression' ? unwrapped(call.callee) : undefined;
  if (callee?.type !== 'MemberExpression' || callee.computed) return undefined;
  const kind = runtimeName(module, unwrapped(callee.object));
  const [name, ...rest] = call.arguments.map((argument: Node) => textOf(module, argument));
  if (!kind || name === undefined || rest.length > 0) return undefined;
  return { kind, access: `${callee.property.name}('${name}').${access}` };
}

function textOf(module: Module, node: Node): string | undefined {
  const value = literalOf(module, node);
  if (value.type === 'StringLiteral') return value.value;
  return value.type === 'TemplateLiteral' && value.quasis.length === 1
    ? value.quasis[0].value.cooked
    : undefined;
}

/** Returns a literal, or the literal in a constant of the same file. */
function literalOf(module: Module, node: Node): Node {
  const value = unwrapped(node);
  const constant = value?.type === 'Identifier' ? module.values.get(value.name) : undefined;
  return constant ? literalOf(module, constant) : value;
}

function describe(module: Module, node: Node): string {
  const value = unwrapped(node);
  if (value.type === 'Identifier') {
    const imported = module.imports.get(value.name);
    return imported ? `\`${value.name}\`, imported from \`${imported.from}\`` : `\`${value.name}\``;
  }
  if (value.type === 'MemberExpression')
    return `\`${readFileSync(module.file, 'utf8').slice(value.start, value.end)}\``;
  const kinds: Record<string, string> = {
    CallExpression: 'a function call',
    ConditionalExpression: 'a condition',
  };
  return (
    kinds[value.type] ??
    `a ${value.type
      .replace(/([A-Z])/g, ' $1')
      .trim()
      .toLowerCase()}`
  );
}
