import type { ParseResult } from '@babel/parser';

/**
 * Target of an import: the file of a module to read, the runtime, a package that cannot import the runtime, a module
 * without code of the project (`node:fs`, JSON), or `unseen` if it cannot be resolved.
 */
export type Target = { readonly file: string } | 'runtime' | 'package' | 'other' | 'unseen';

/** Modules with their imports. */
export interface Modules {
  /** @throws SourceError if the file cannot be parsed */
  read(file: string): Module;
  /** Returns the target of the import `from` of a module. */
  target(module: { readonly file: string }, from: string): Target;
}

export type File = ParseResult;
type Program = File['program'];
export type Statement = Program['body'][number];
/** Any node of the syntax tree; `type` is its kind. */
// biome-ignore lint/suspicious/noExplicitAny: Babel's node types are in a separate package, which is not installed.
export type Node = any;

/** A name that a module imports from another one. */
export interface Imported {
  readonly from: string;
  /** `*` for the module as a whole. */
  readonly name: string;
}

/** The top level of a module, by name, with the graph of its imports. */
export interface Module extends ModuleText {
  readonly graph: Modules;
}

/** The top level of a module, by name. */
export interface ModuleText {
  readonly file: string;
  readonly body: readonly Node[];
  readonly imports: ReadonlyMap<string, Imported>;
  /**
   * Initializers of variables, functions and classes; `ELSEWHERE` for a variable that gets its value in another way.
   */
  readonly values: ReadonlyMap<string, Node>;
  /** The expressions of `const { handle } = rt`, as in `rt.handle`. */
  readonly members: ReadonlyMap<string, Node>;
  readonly exports: ReadonlyMap<string, Imported | Node>;
  /** The modules of `export * from`. */
  readonly stars: readonly string[];
  /** True for modules with `require` and `exports`. */
  readonly isCommonJs: boolean;
  /** True for modules with `import(...)` or `require(...)`. */
  readonly importsLater: boolean;
}

/** Placeholder for a value that is assigned, or destructured from another one. */
export const ELSEWHERE: Node = { type: 'Elsewhere' };
