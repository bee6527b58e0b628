// Flattens types to their members: what a user may write in an object of options, and the fields of a class.
import { textOf } from './declarations.mjs';

/** Fields that make a construct bindable, and that are for the compiler: no user reads them. */
const HIDDEN = ['bindingKind', 'accesses', 'bindingFor', 'node'];

const keysOf = (node) =>
  node.type === 'TSUnionType' ? node.types.flatMap(keysOf) : [node.literal?.value ?? node].filter(Boolean);

/**
 * The members of a type, and what it takes from elsewhere.
 *
 * @param {string} name
 * @param {{ declarations: object, shared: Record<string, string> }} options
 */
export function membersOf(name, { declarations, shared }) {
  const members = new Map();
  const inherited = [];
  const inherit = (parent) => {
    if (!inherited.some(({ from }) => from === parent.from)) inherited.push(parent);
  };
  const root = declarations.find(name);
  if (!root) throw new Error(`docs-props: there is no type ${name} in lib`);

  const addMembers = (nodes, { text, parameters }, isKept) => {
    for (const node of nodes) {
      if (node.type !== 'TSPropertySignature' || !isKept(node.key.name)) continue;
      const annotation = node.typeAnnotation.typeAnnotation;
      if (annotation.type === 'TSUndefinedKeyword') continue;
      const before = members.get(node.key.name);
      if (before?.node.leadingComments) continue;
      members.set(node.key.name, {
        name: node.key.name,
        type: readableType(annotation, text, parameters),
        optional: node.optional ?? false,
        node,
      });
    }
  };

  const addReference = (type, context, isKept, without) => {
    const id = (type.typeName ?? type.expression ?? type.exprName)?.name;
    const args = (type.typeParameters ?? type.typeArguments)?.params ?? [];
    if (id === 'Partial' || id === 'Readonly') return addType(args[0], context, isKept, without);
    if (id === 'Omit') {
      const keys = keysIn(args[1], context);
      return addType(args[0], context, (key) => isKept(key) && !keys.includes(key), [...without, ...keys]);
    }
    if (id === 'Pick') {
      const keys = keysIn(args[1], context);
      return addType(args[0], context, (key) => isKept(key) && keys.includes(key), without);
    }
    const argument = context.args?.get(id);
    if (argument) return addReference(argument.node, argument.context, isKept, without);
    const found = declarations.find(id, context.file);
    if (shared[id]) return inherit({ from: id.replace(/(Options|Props)$/, ''), without, page: shared[id] });
    if (found) return addDeclaration(found, isKept, without, argumentsOf(found.node, args, context));
    if (!context.parameters.has(id)) inherit({ from: id, without });
  };

  const keysIn = (node, context) => {
    if (node.type !== 'TSTypeReference') return keysOf(node);
    const found = declarations.find(node.typeName.name, context.file);
    return found ? keysOf(found.node.typeAnnotation) : [];
  };

  const addType = (type, context, isKept, without) => {
    switch (type.type) {
      case 'TSTypeLiteral':
        return addMembers(type.members, context, isKept);
      case 'TSIntersectionType':
      case 'TSUnionType':
        for (const part of type.types) addType(part, context, isKept, without);
        return;
      case 'TSConditionalType':
        addType(type.falseType, context, isKept, without);
        return addType(type.trueType, context, isKept, without);
      case 'TSParenthesizedType':
        return addType(type.typeAnnotation, context, isKept, without);
      case 'TSTypeReference':
        return addReference(type, context, isKept, without);
    }
  };

  const addDeclaration = ({ node, file, text }, isKept, without, args) => {
    const context = { file, text, args, parameters: parametersOf(node) };
    if (node.type === 'TSInterfaceDeclaration') {
      addMembers(node.body.body, context, isKept);
      for (const parent of node.extends ?? []) addReference(parent, context, isKept, without);
    } else if (node.type === 'TSTypeAliasDeclaration') {
      addType(node.typeAnnotation, context, isKept, without);
    }
  };

  addDeclaration(root, () => true, []);
  return { members: [...members.values()], inherited };
}

const parametersOf = (node) =>
  new Map(
    (node.typeParameters?.params ?? []).map((param) => [param.name?.name ?? param.name, param.constraint]),
  );

/** The arguments of a generic type, by the names of its parameters. */
const argumentsOf = (node, args, context) =>
  new Map(
    [...parametersOf(node).keys()].flatMap((key, index) => {
      const argument = args[index];
      return argument?.type === 'TSTypeReference' && !context.parameters.has(argument.typeName.name)
        ? [[key, { node: argument, context }]]
        : [];
    }),
  );

/** A type as a reader needs it: the constraint of a type parameter in its place, without checks for the compiler. */
function readableType(node, text, parameters) {
  if (node.type === 'TSIntersectionType') {
    const parts = node.types.filter((part) => !/Check$/.test(part.typeName?.name ?? ''));
    return parts.map((part) => readableType(part, text, parameters)).join(' & ');
  }
  const constraint = node.type === 'TSTypeReference' && parameters.get(node.typeName.name);
  return textOf(constraint || node, text);
}

/** Names of all types that a node refers to. */
export function namesIn(node) {
  if (node === null || typeof node !== 'object') return [];
  if (Array.isArray(node)) return node.flatMap(namesIn);
  const own = node.type === 'TSTypeReference' && node.typeName.name ? [node.typeName.name] : [];
  const children = Object.entries(node).filter(([key]) => !/Comments$|^loc$/.test(key));
  return [...own, ...children.flatMap(([, child]) => namesIn(child))];
}

/** The public fields and methods of a class and of those of lib that it extends. */
export function fieldsOf(name, declarations) {
  const members = new Map();
  const inherited = [];
  let current = declarations.find(name);
  if (!current) throw new Error(`docs-props: there is no class ${name} in lib`);
  while (current) {
    const { node, file, text } = current;
    for (const member of node.body.body) {
      const field = fieldOf(member, text, parametersOf(node));
      if (field && !members.has(field.name)) members.set(field.name, field);
    }
    const parent = node.superClass?.name;
    current = parent && declarations.find(parent, file);
    if (parent && !current && parent !== 'Construct') inherited.push(parent);
  }
  return { members: [...members.values()], inherited };
}

function fieldOf(member, text, parameters) {
  const key = member.key?.name;
  const isInternal = member.leadingComments?.some(({ value }) => /@internal|compiler/.test(value));
  const isPublic = !member.accessibility || member.accessibility === 'public';
  if (!key || !isPublic || isInternal || key.startsWith('_') || HIDDEN.includes(key) || key === 'constructor')
    return;
  if (member.override || member.declare) return;
  const prefix = member.static ? 'static ' : '';
  if (member.type === 'ClassMethod' || member.type === 'TSDeclareMethod') {
    const result = member.returnType?.typeAnnotation;
    const isMethod = member.kind === 'method';
    return {
      name: `${prefix}${key}${isMethod ? '()' : ''}`,
      type: result ? textOf(result, text) : '',
      node: member,
    };
  }
  const annotation = member.typeAnnotation?.typeAnnotation;
  return {
    name: `${prefix}${key}`,
    type: annotation ? readableType(annotation, text, parameters) : '',
    node: member,
  };
}
