import type { ParseResult } from '@babel/parser';

/**
 * Where an import leads: the file of a module that is read, the runtime, a package that cannot lead to the runtime, a
 * module without code of the project (`node:fs`, JSON), or nothing that could be found.
 */
export type Target = { readonly file: string } | 'runtime' | 'package' | 'other' | 'unseen';

/** Modules that lead to one another by their imports. */
export interface Modules {
  /** @throws SourceError when the file cannot be parsed */
  read(file: string): Module;
  /** Returns where the import `from` of a module leads. */
  target(module: { readonly file: string }, from: string): Target;
}

export type File = ParseResult;
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

/** The top level of a module, by name, and how it leads to others. */
export interface Module extends ModuleText {
  readonly graph: Modules;
}

/** The top level of a module, by name. */
export interface ModuleText {
  readonly file: string;
  readonly body: readonly Node[];
  readonly imports: ReadonlyMap<string, Imported>;
  /** Initializers of variables, functions and classes; `ELSEWHERE` where a variable gets its value in another way. */
  readonly values: ReadonlyMap<string, Node>;
  /** The expressions of `const { handle } = rt`, as in `rt.handle`. */
  readonly members: ReadonlyMap<string, Node>;
  readonly exports: ReadonlyMap<string, Imported | Node>;
  /** The modules of `export * from`. */
  readonly stars: readonly string[];
  /** Whether it is written with `require` and `exports`. */
  readonly isCommonJs: boolean;
}

/** A value that is assigned, or taken out of another one. */
export const ELSEWHERE: Node = { type: 'Elsewhere' };
