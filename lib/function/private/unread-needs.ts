import { ELSEWHERE, type Module, type Node, namesIn } from './module-exports.js';
import { runtimeName } from './runtime-names.js';
import { SourceError } from './source-error.js';

/** Parts of a node that are no code that runs, or whose names are no variables. */
const NO_CODE =
  /^(loc|extra|.*[cC]omments|typeAnnotation|type(Parameters|Arguments)|returnType|superTypeParameters)$/;

/**
 * Refuses a handler that has needs where they are not looked for: it would be a function without permissions, and fail
 * when it is first called.
 *
 * @param wrappers where each wrapper has its needs among its arguments
 */
export function refuseUnread(
  module: Module,
  handler: Node,
  wrappers: Readonly<Record<string, number>>,
): void {
  const call = callBelow({ module, wrappers, seen: new Set() }, handler, new Set());
  if (!call) return;
  const wrapper = runtimeName(module, call.callee);
  throw new SourceError(
    `\`handler\` must be what \`${wrapper}\` returns, or a middleware around it, got one that comes to \`${wrapper}\` in another way. Synth reads needs from the source without running it: write \`export const handler = ${wrapper}(...)\`, or \`export { name as handler }\`.`,
    module.file,
    call.loc.start.line,
  );
}

/** What is looked through. */
interface Search {
  readonly module: Module;
  readonly wrappers: Readonly<Record<string, number>>;
  readonly seen: Set<Node>;
}

/**
 * The first call of a wrapper with needs in a node, or in what it names of the same module.
 *
 * @param hidden names that mean something else in the node: parameters, and variables of functions
 */
function callBelow(search: Search, node: Node, hidden: ReadonlySet<string>): Node | undefined {
  const { module, wrappers, seen } = search;
  if (seen.has(node)) return undefined;
  seen.add(node);
  if (node.type === 'CallExpression' && hasNeeds(module, node, wrappers)) return node;
  const inside = new Set([...hidden, ...namesOf(node)]);
  for (const part of partsOf(node)) {
    const call = callBelow(search, part, inside);
    if (call) return call;
  }
  for (const value of hidden.has(node.name) ? [] : valuesOf(module, node)) {
    const call = callBelow(search, value, new Set());
    if (call) return call;
  }
  return undefined;
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

function hasNeeds(module: Module, call: Node, wrappers: Readonly<Record<string, number>>): boolean {
  const wrapper = runtimeName(module, call.callee);
  if (wrapper === undefined || !(wrapper in wrappers)) return false;
  const needs = call.arguments[wrappers[wrapper] as number];
  return needs?.type !== 'ObjectExpression' || needs.properties.length > 0;
}

function partsOf(node: Node): Node[] {
  const isName = node.computed === false;
  return Object.entries(node)
    .filter(([name]) => !NO_CODE.test(name) && !(isName && (name === 'key' || name === 'property')))
    .flatMap(([, value]) => value)
    .filter((value: Node) => typeof value?.type === 'string');
}

/** What a variable stands for; anything in the module if it gets its value later. */
function valuesOf(module: Module, node: Node): readonly Node[] {
  if (node === ELSEWHERE) return module.body;
  const value = node.type === 'Identifier' ? module.values.get(node.name) : undefined;
  return value ? [value] : [];
}
