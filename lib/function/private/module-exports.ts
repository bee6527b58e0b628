import { readFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import type * as Parser from '@babel/parser';
import type { ParseResult } from '@babel/parser';
import type * as Esbuild from 'esbuild';
import { SourceError } from './source-error.js';
import { sourceFile } from './source-file.js';

type File = ParseResult;
type Program = File['program'];
export type Statement = Program['body'][number];
/** Any node of the syntax tree; its `type` says which. */
// biome-ignore lint/suspicious/noExplicitAny: Babel's node types live in a package of their own, not installed.
export type Node = any;

/** A name that a module takes from another one. */
export interface Imported {
  readonly from: string;
  /** `*` for the module as a whole. */
  readonly name: string;
}

/** The top level of a module, by name. */
export interface Module {
  readonly file: string;
  readonly body: readonly Node[];
  readonly imports: ReadonlyMap<string, Imported>;
  /** Initializers of variables, functions and classes; `ELSEWHERE` where a variable gets its value in another way. */
  readonly values: ReadonlyMap<string, Node>;
  readonly exports: ReadonlyMap<string, Imported | Node>;
  /** The modules of `export * from`. */
  readonly stars: readonly string[];
  /** Whether it is written with `require` and `exports`. */
  readonly isCommonJs: boolean;
}

/** A value that is assigned, or taken out of another one. */
export const ELSEWHERE: Node = { type: 'Elsewhere' };

/** Reads what a module imports, declares and exports. @throws SourceError when it cannot be parsed */
export function readModule(file: string): Module {
  const text = readFileSync(file, 'utf8');
  const body: Node[] = parse(file, text).program.body;
  const imports = new Map<string, Imported>();
  const values = new Map<string, Node>();
  const exports = new Map<string, Imported | Node>();
  const stars: string[] = [];
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') readImport(statement, imports);
    else if (statement.type === 'ExportAllDeclaration') stars.push(statement.source.value);
    else if (statement.type === 'ExportNamedDeclaration') readExport(statement, values, exports);
    else if (statement.type === 'ExportDefaultDeclaration') exports.set('default', statement.declaration);
    else declare(statement, (name, value) => values.set(name, value));
  }
  const isModule = body.some(({ type }) => /^(Import|Export)/.test(type));
  const isCommonJs = !isModule && /\b(module\.exports|exports\.\w+\s*=)/.test(text);
  return { file, body, imports, values, exports, stars, isCommonJs };
}

function parse(file: string, text: string): File {
  // Loaded here: a synth that finds everything in its cache needs no parser.
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

/** esbuild's message where it has one: the same words for a mistake here and in a file that the handler imports. */
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
  for (const specifier of statement.specifiers) {
    const from = statement.source.value;
    if (specifier.type === 'ImportNamespaceSpecifier') imports.set(specifier.local.name, { from, name: '*' });
    else if (specifier.type === 'ImportDefaultSpecifier') {
      imports.set(specifier.local.name, { from, name: 'default' });
    } else imports.set(specifier.local.name, { from, name: nameOf(specifier.imported) });
  }
}

function readExport(statement: Node, values: Map<string, Node>, exports: Map<string, Imported | Node>): void {
  if (statement.exportKind === 'type') return;
  if (statement.declaration) {
    declare(statement.declaration, (name, value) => {
      values.set(name, value);
      exports.set(name, value);
    });
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

function declare(statement: Node, found: (name: string, value: Node) => void): void {
  if (statement.type === 'VariableDeclaration') {
    for (const { id, init } of statement.declarations) {
      if (id.type === 'Identifier') found(id.name, init ?? ELSEWHERE);
      else for (const name of namesIn(id)) found(name, ELSEWHERE);
    }
  } else if (/^(Function|Class)Declaration$/.test(statement.type) && statement.id) {
    found(statement.id.name, statement);
  }
}

/** The names of `{ a, b: { c }, ...d }` and `[a, b]`. */
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

/** The project's file that a module imports, if it is one. */
export function importedFile(module: Module, from: string): string | undefined {
  return /^\.{1,2}\//.test(from) ? sourceFile(dirname(module.file), from) : undefined;
}

/** Whether an export is another module's. */
export function isImported(value: Imported | Node): value is Imported {
  return value.from !== undefined && value.type === undefined;
}
