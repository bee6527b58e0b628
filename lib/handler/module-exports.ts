import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import type * as Parser from '@babel/parser';
import type * as Esbuild from 'esbuild';
import { ELSEWHERE, type File, type Imported, type ModuleText, type Node } from './module.js';
import { SourceError } from './source-error.js';

const cache = new Map<string, { readonly stamp: string; readonly text: ModuleText }>();

/**
 * Reads the imports, declarations and exports of a module. Files that several handlers share are parsed once.
 *
 * @throws SourceError if it cannot be parsed
 */
export function readModule(file: string): ModuleText {
  const { mtimeMs, ctimeMs, size } = statSync(file);
  const stamp = `${mtimeMs} ${ctimeMs} ${size}`;
  const cached = cache.get(file);
  if (cached?.stamp === stamp) return cached.text;
  const text = parsedModule(file);
  cache.set(file, { stamp, text });
  return text;
}

function parsedModule(file: string): ModuleText {
  const text = readFileSync(file, 'utf8');
  const body: Node[] = parse(file, text).program.body;
  const imports = new Map<string, Imported>();
  const values = new Map<string, Node>();
  const members = new Map<string, Node>();
  const exports = new Map<string, Imported | Node>();
  const stars: string[] = [];
  const scope = { values, members, exports };
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') readImport(statement, imports);
    else if (statement.type === 'TSImportEqualsDeclaration') readRequired(statement, imports);
    else if (statement.type === 'ExportAllDeclaration') readStar(statement, stars);
    else if (statement.type === 'ExportNamedDeclaration') readExport(statement, scope);
    else if (statement.type === 'ExportDefaultDeclaration') readDefault(statement.declaration, scope);
    else declare(statement, scope);
  }
  const isModule = body.some(({ type }) => /^(Import|Export)/.test(type));
  const isCommonJs = !isModule && /\b(module\.exports|exports\.\w+\s*=)/.test(text);
  const importsLater = /\b(import|require)\s*\(/.test(text);
  return { file, body, imports, values, members, exports, stars, isCommonJs, importsLater };
}

function parse(file: string, text: string): File {
  // Loaded on demand: a synth that finds everything in the cache needs no parser.
  const parser = require('@babel/parser') as typeof Parser;
  try {
    const jsx = /\.[jt]sx$/.test(file) ? (['jsx'] as const) : [];
    return parser.parse(text, {
      sourceType: 'module',
      plugins: ['typescript', 'decorators', 'decoratorAutoAccessors', ...jsx],
    });
  } catch (error) {
    throw syntaxError(file, text, error as Error & { loc?: { line: number } });
  }
}

/** Returns the syntax error with esbuild's message, so that errors here and in imported files read alike. */
function syntaxError(file: string, text: string, error: Error & { loc?: { line: number } }): SourceError {
  const { transformSync } = require('esbuild') as typeof Esbuild;
  try {
    const loader = extname(file).slice(1).replace(/^[cm]/, '') as Esbuild.Loader;
    transformSync(text, { loader, logLevel: 'silent' });
  } catch (failure) {
    const [first] = (failure as Partial<Esbuild.BuildFailure>).errors ?? [];
    if (first) return new SourceError(first.text, file, first.location?.line);
  }
  return new SourceError(error.message, file, error.loc?.line);
}

function readImport(statement: Node, imports: Map<string, Imported>): void {
  if (statement.importKind === 'type') return;
  for (const specifier of statement.specifiers) {
    if (specifier.importKind === 'type') continue;
    const from = statement.source.value;
    if (specifier.type === 'ImportNamespaceSpecifier') imports.set(specifier.local.name, { from, name: '*' });
    else if (specifier.type === 'ImportDefaultSpecifier') {
      imports.set(specifier.local.name, { from, name: 'default' });
    } else imports.set(specifier.local.name, { from, name: nameOf(specifier.imported) });
  }
}

/** Reads `import rt = require('./rt.js')`. */
function readRequired({ id, moduleReference }: Node, imports: Map<string, Imported>): void {
  if (moduleReference.type !== 'TSExternalModuleReference') return;
  imports.set(id.name, { from: moduleReference.expression.value, name: '*' });
}

function readStar(statement: Node, stars: string[]): void {
  if (statement.exportKind !== 'type') stars.push(statement.source.value);
}

/** Declarations and exports of a module. */
interface Scope {
  readonly values: Map<string, Node>;
  readonly members: Map<string, Node>;
  readonly exports: Map<string, Imported | Node>;
}

function readExport(statement: Node, scope: Scope): void {
  if (statement.exportKind === 'type') return;
  const { values, exports } = scope;
  if (statement.declaration) {
    const before = new Set(values.keys());
    declare(statement.declaration, scope);
    for (const [name, value] of values) {
      if (before.has(name)) continue;
      exports.set(name, value === ELSEWHERE ? { type: 'Identifier', name } : value);
    }
  }
  for (const specifier of statement.specifiers) {
    if (specifier.exportKind === 'type') continue;
    const exported = nameOf(specifier.exported);
    if (statement.source) {
      const name = specifier.type === 'ExportNamespaceSpecifier' ? '*' : nameOf(specifier.local);
      exports.set(exported, { from: statement.source.value, name });
    } else exports.set(exported, specifier.local);
  }
}

function readDefault(declaration: Node, scope: Scope): void {
  declare(declaration, scope);
  scope.exports.set('default', declaration);
}

function declare(statement: Node, { values, members }: Scope): void {
  if (statement.type === 'VariableDeclaration') {
    for (const { id, init } of statement.declarations) {
      if (id.type === 'Identifier') values.set(id.name, init ?? ELSEWHERE);
      else {
        for (const name of namesIn(id)) values.set(name, ELSEWHERE);
        for (const [name, member] of membersIn(id, init)) members.set(name, member);
      }
    }
  } else if (/^(Function|Class)Declaration$/.test(statement.type) && statement.id) {
    values.set(statement.id.name, statement);
  }
}

/** Returns the members that `const { a, b: { c } } = init` reads: `init.a` and `init.b.c`. */
function membersIn(pattern: Node, init: Node): [name: string, member: Node][] {
  if (!init || pattern.type !== 'ObjectPattern') return [];
  return pattern.properties.flatMap((property: Node): [string, Node][] => {
    if (property.type !== 'ObjectProperty' || property.computed) return [];
    const name = property.key.name ?? String(property.key.value);
    const member = {
      type: 'MemberExpression',
      object: init,
      property: { type: 'Identifier', name },
      computed: false,
      loc: property.loc,
      start: property.start,
      end: property.end,
    };
    if (property.value.type === 'Identifier') return [[property.value.name, member]];
    return membersIn(property.value, member);
  });
}

/** Returns the names in `{ a, b: { c }, ...d }` and `[a, b]`. */
export function namesIn(pattern: Node): string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property: Node) => namesIn(property.value ?? property.argument));
    case 'ArrayPattern':
      return pattern.elements.flatMap(namesIn);
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    default:
      return [];
  }
}

function nameOf(node: Node): string {
  return node.type === 'StringLiteral' ? node.value : node.name;
}

/** Returns true if an export belongs to another module. */
export function isImported(value: Imported | Node): value is Imported {
  return value.from !== undefined && value.type === undefined;
}
