import type { Artifact } from './artifact.js';
import type { InstalledRef } from './installed-files.js';

export const DAY_MILLISECONDS = 86_400_000;

/** The file with the times of the project's files. */
export const STAMPS = 'files.json';

/** What an earlier synth found out. */
export interface Entry<Value = unknown> {
  /** The hashes of the files that it was made from, by path relative to the root. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The files of node_modules among them. */
  readonly installed?: InstalledRef;
  /** Files that were looked for in vain. */
  readonly absent: readonly string[];
  /** The day it was last of use, in days since 1970. */
  readonly used: number;
  /** What was built. */
  readonly artifact?: Artifact;
  readonly value: Value;
}
