import type { Node } from './module.js';
import { namesIn } from './module-exports.js';

/** Parts of a node that are not code that runs, or whose names are not variables. */
const isNoCode = remembered(
  /^(loc|extra|.*[cC]omments|typeAnnotation|type(Parameters|Arguments)|returnType|superTypeParameters)$/,
);

/** Nodes that are types, imports or exports. */
const isNoValue = remembered(
  /^(Import\w*|Export(All\w*|Specifier)|TS(?!(As|Satisfies|NonNull|Instantiation)\w*$|(TypeAssertion|ExportAssignment|Enum\w*|Module\w*|ParameterProperty)$)\w*)$/,
);

/** The names that a function or a block declares. */
export function namesOf({ type, params = [], body = [] }: Node): string[] {
  if (/Function|Method/.test(type)) return params.flatMap(namesIn);
  if (type !== 'BlockStatement') return [];
  const declared = body.flatMap(({ declarations = [], id }: Node) => [
    id,
    ...declarations.map((declaration: Node) => declaration.id),
  ]);
  return declared.flatMap(namesIn);
}

/** Returns the nodes in a node that are code or names of variables. */
export function partsOf(node: Node): Node[] {
  if (isNoValue(node.type)) return [];
  if (node.type === 'ExportNamedDeclaration' && !node.declaration) return [];
  const isName = node.computed === false;
  const parts: Node[] = [];
  for (const name of Object.keys(node)) {
    const value = node[name];
    if (typeof value !== 'object' || isNoCode(name)) continue;
    if (isName && (name === 'key' || name === 'property')) continue;
    for (const part of Array.isArray(value) ? value : [value])
      if (typeof part?.type === 'string') parts.push(part);
  }
  return parts;
}

/** Returns a test that matches each of the few names of properties and types once: a synth asks for them 100,000 times. */
function remembered(pattern: RegExp): (text: string) => boolean {
  const known = new Map<string, boolean>();
  return (text) => {
    const matches = known.get(text) ?? pattern.test(text);
    known.set(text, matches);
    return matches;
  };
}
