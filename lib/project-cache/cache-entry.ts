import type { Artifact } from './artifact.js';
import type { InstalledRef } from './installed-files.js';

export const DAY_MILLISECONDS = 86_400_000;

/** The file with the times of the project's files. */
export const STAMPS = 'files.json';

/** A result of an earlier synth. */
export interface Entry<Value = unknown> {
  /** Hashes of the files that the result depends on, by path relative to the root. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The files of node_modules that the result depends on. */
  readonly installed?: InstalledRef;
  /** Files that did not exist and would change the result. */
  readonly absent: readonly string[];
  /** Day of the last use, in days since 1970. */
  readonly used: number;
  /** The built artifact. */
  readonly artifact?: Artifact;
  readonly value: Value;
}
