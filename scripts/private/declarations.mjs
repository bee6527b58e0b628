// The declarations of lib's sources: interfaces, types and classes, by name and by the file that a name is used in.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parse } from '@babel/parser';

const NAMED = ['TSInterfaceDeclaration', 'TSTypeAliasDeclaration', 'ClassDeclaration'];

function parsed(folder, file) {
  const text = readFileSync(join(folder, file), 'utf8');
  const { body } = parse(text, { sourceType: 'module', plugins: ['typescript'] }).program;
  const own = new Map();
  const imports = new Map();
  for (const statement of body) {
    const node = statement.declaration ?? statement;
    if (NAMED.includes(node.type) && node.id) own.set(node.id.name, { node, file, text });
    if (statement.type !== 'ImportDeclaration') continue;
    const { value } = statement.source;
    const source = value.startsWith('.')
      ? posix.join(posix.dirname(file), value).replace(/\.js$/, '.ts')
      : undefined;
    for (const { local } of statement.specifiers) imports.set(local.name, source);
  }
  return { own, imports };
}

/** Names that lib/index.ts exports. */
export function exportedNames(folder) {
  const { body } = parse(readFileSync(join(folder, 'index.ts'), 'utf8'), {
    sourceType: 'module',
    plugins: ['typescript'],
  }).program;
  return new Set(body.flatMap(({ specifiers = [] }) => specifiers.map(({ exported }) => exported.name)));
}

/** Reads the sources below a folder. `find` looks a name up as a file sees it; undefined for what is not of lib. */
export function readDeclarations(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const modules = new Map(files.map((file) => [file, parsed(folder, file)]));
  const exported = exportedNames(folder);
  const everywhere = new Map();
  for (const { own } of modules.values()) {
    for (const [name, declaration] of own) if (!everywhere.has(name)) everywhere.set(name, declaration);
  }
  const find = (name, file) => {
    const { own, imports } = modules.get(file) ?? {};
    if (own?.has(name)) return own.get(name);
    if (!imports?.has(name)) return file ? undefined : everywhere.get(name);
    const source = imports.get(name);
    return source && (modules.get(source)?.own.get(name) ?? everywhere.get(name));
  };
  /** True for an exported interface of options: what a prop names and a reader wants to see in a table. */
  const isOptions = (name) =>
    exported.has(name) &&
    everywhere.get(name)?.node.type === 'TSInterfaceDeclaration' &&
    /(Options|Props|Throttle|TableIndex|Policy|Domain|Client|Provider|Providers)$/.test(name);
  return { find, isOptions };
}

/** The source text of a node, in one line. */
export const textOf = (node, text) =>
  text
    .slice(node.start, node.end)
    .replace(/\/\*\*[\s\S]*?\*\/\s*|\/\/.*$/gm, '')
    .replace(/\s+/g, ' ');

/** The first sentence of a member's doc comment, and its `@default`. */
export function commentOf({ node }) {
  const comment = node.leadingComments?.findLast(({ value }) => value.startsWith('*'))?.value ?? '';
  const text = comment
    .replace(/^\s*\*+ ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
  const [description = '', ...tags] = text.split(/ ?@(?=\w+ )/);
  const standard = tags.find((tag) => tag.startsWith('default '))?.slice('default '.length);
  const [summary = ''] = /^.*?[.?!](?=\s+[A-Z`]|$)/.exec(description) ?? [description];
  return { summary, standard: standard?.replace(/^- /, '').trim() };
}
