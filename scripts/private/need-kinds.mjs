// The kinds of needs: the file of each in lib/runtime/needs, as its source shows it, and its row in lib/bindings/kinds.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from '@babel/parser';
import { exportedNames, textOf } from './declarations.mjs';

const RUNTIME = 'lib/runtime/needs';
const SYNTH = 'lib/bindings/kinds';
/** Files that are no kind. */
const OTHERS = ['need.ts', 'index.ts'];

const filesIn = (folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !OTHERS.includes(file))
    .sort();

function parsed(file) {
  const text = readFileSync(file, 'utf8');
  return { text, body: parse(text, { sourceType: 'module', plugins: ['typescript'] }).program.body };
}

function visit(node, type, found = []) {
  if (node === null || typeof node !== 'object') return found;
  if (Array.isArray(node)) for (const item of node) visit(item, type, found);
  else {
    if (node.type === type) found.push(node);
    for (const [key, child] of Object.entries(node))
      if (!/Comments$|^loc$/.test(key)) visit(child, type, found);
  }
  return found;
}

/** @param {string} root @returns {Promise<object[]>} the kinds, sorted by name */
export async function readNeedKinds(root) {
  const names = [...new Set([RUNTIME, SYNTH].flatMap((folder) => filesIn(join(root, folder))))].sort();
  const implementers = constructsByKind(root);
  return Promise.all(
    names.map(async (file) => {
      for (const folder of [RUNTIME, SYNTH]) {
        if (!existsSync(join(root, folder, file))) throw new Error(`needs: ${folder}/${file} is missing`);
      }
      const name = file.replace('.ts', '');
      const synth = join(root, SYNTH, file);
      const { [name]: row } = await import(pathToFileURL(synth).href);
      if (row?.name !== name) throw new Error(`needs: ${SYNTH}/${file} must export the kind \`${name}\``);
      return {
        name,
        actions: row.actions,
        boundTo: [...(implementers.get(name) ?? []), ...boundIn(synth)],
        ...readRuntime(join(root, RUNTIME, file), name),
      };
    }),
  );
}

/** The CDK type or the value of `cdkResource<ITopic>(...)` or `plainValue<string>(...)`. */
function boundIn(file) {
  const { text, body } = parsed(file);
  const calls = visit(body, 'CallExpression').filter(({ callee }) =>
    ['cdkResource', 'plainValue'].includes(callee.name),
  );
  return calls.map((call) => textOf((call.typeParameters ?? call.typeArguments).params[0], text));
}

/** Exported names, the ways to write the need, and its clients by access. */
function readRuntime(file, name) {
  const { text, body } = parsed(file);
  const declarations = body.map(({ type, declaration }) => type === 'ExportNamedDeclaration' && declaration);
  const exported = declarations.filter(Boolean).map((node) => ({
    id: node.declarations ? node.declarations[0].id.name : node.id.name,
    isType: node.type.startsWith('TS'),
    node,
  }));
  const own = exported.find(({ id, isType }) => id === name && !isType);
  if (!own) throw new Error(`needs: ${file} must export \`${name}\``);
  const types = new Map(
    body
      .map((statement) => statement.declaration ?? statement)
      .filter(({ type }) => /^TS(Interface|TypeAlias)Declaration$/.test(type))
      .map((node) => [node.id.name, node]),
  );
  return {
    exported: exported.map(({ id, isType }) => ({ id, isType })),
    prefixes: prefixesOf(name, own.node),
    clients: clientsOf(body, types, text),
  };
}

/** `topic`; `text()`; `saga(schema)`; `invoke<Module>()`; `queue` and `queue(message)`. */
function prefixesOf(name, node) {
  if (node.type === 'FunctionDeclaration') return [called(name, node)];
  const { init } = node.declarations[0];
  if (init.type === 'ArrowFunctionExpression') return [called(name, init)];
  const [first] = init.type === 'CallExpression' ? init.arguments : [];
  return first?.type === 'ArrowFunctionExpression' ? [name, called(name, first)] : [name];
}

function called(name, { params, typeParameters }) {
  const required = params.filter(({ type }) => type === 'Identifier').map((param) => param.name);
  const isInferred = required.length > 0;
  const types = (typeParameters?.params ?? []).map((param) => param.name?.name ?? param.name);
  return `${name}${types.length > 0 && !isInferred ? `<${types.join(', ')}>` : ''}(${required.join(', ')})`;
}

/** The members of the client of each `Need<Kind, Access, Client>`; without an access where it is one of several. */
function clientsOf(body, types, text) {
  const needs = visit(body, 'TSTypeReference').filter(({ typeName }) => typeName.name === 'Need');
  return needs.map((need) => {
    const [, access, client] = (need.typeParameters ?? need.typeArguments).params;
    return { access: accessOf(access, types), members: membersOf(client, types, text) };
  });
}

function accessOf(node, types) {
  if (node.type === 'TSLiteralType' && node.literal.type === 'StringLiteral') return node.literal.value;
  if (node.type === 'TSIntersectionType')
    return node.types.map((part) => accessOf(part, types)).find(Boolean);
  const alias = node.type === 'TSTypeReference' && types.get(node.typeName.name);
  if (alias?.typeAnnotation) return accessOf(alias.typeAnnotation, types);
  return /^TS(TemplateLiteral|Literal)Type$/.test(node.type) ? 'index' : undefined;
}

function membersOf(node, types, text) {
  const type = node.type === 'TSTypeReference' && types.get(node.typeName.name);
  if (!type) return [textOf(node, text)];
  const inherited = (type.extends ?? []).flatMap((parent) => {
    const { name } = parent.expression ?? parent;
    return types.has(name) ? membersOf({ type: 'TSTypeReference', typeName: { name } }, types, text) : [];
  });
  // An optional member is for the compiler only.
  const own = type.body.body.filter(({ optional }) => !optional).map(memberText);
  return [...inherited, ...own];
}

function memberText({ type, key, parameters, params }) {
  if (type !== 'TSMethodSignature') return key.name;
  const required = (parameters ?? params).filter(({ optional }) => !optional).map(({ name }) => name);
  return `${key.name}(${required.join(', ')})`;
}

/** The constructs of this library that are bound to a kind, by kind. */
function constructsByKind(root) {
  const lib = join(root, 'lib');
  const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const classes = files
    .filter((file) => /\bclass \w/.test(readFileSync(join(lib, file), 'utf8')))
    .flatMap((file) => visit(parsed(join(lib, file)).body, 'ClassDeclaration'));
  const exported = exportedNames(lib);
  const found = new Map();
  const add = (kind, { id, abstract }) => {
    if (!abstract && exported.has(id.name)) found.set(kind, [...(found.get(kind) ?? []), id.name].sort());
    for (const one of classes) if (one.superClass?.name === id.name) add(kind, one);
  };
  for (const node of classes) {
    for (const { expression, typeParameters, typeArguments } of node.implements ?? []) {
      const [kind] = (typeParameters ?? typeArguments)?.params ?? [];
      if (expression.name === 'Bindable') add(kind.literal.value, node);
    }
  }
  return found;
}
