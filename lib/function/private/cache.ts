import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './hash.js';
import { lockfileHash } from './project.js';
import type { Artifact } from './worker/protocol.mjs';

interface Entry {
  /** The content hash of each file that the result was made from, by path relative to the root. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly value: unknown;
}

interface Index {
  /** Content hashes, and the times and sizes of the files when they were read: unchanged files are not read again. */
  files: Record<string, [mtimeMs: number, size: number, hash: string]>;
  entries: Record<string, Entry>;
}

/**
 * What earlier synths found out about the files of a project, in `node_modules/.cache/cdk-trellis`: an index of
 * results, each valid as long as the files it was made from are the same, and a store of built folders named after
 * their content.
 *
 * Packages are not looked at: the lockfile's hash is part of the index's name, and so is the library's own code.
 */
export class Cache {
  /** Where built folders are. */
  public readonly store: string;
  private readonly file: string;
  private readonly index: Index;
  private added: Record<string, Entry> = {};
  private hashes = new Map<string, string | undefined>();

  constructor(private readonly root: string) {
    const folder = join(root, 'node_modules', '.cache', 'cdk-trellis');
    this.store = join(folder, 'built');
    this.file = join(folder, `${sha256(root, lockfileHash(root), libraryHash()).slice(0, 16)}.json`);
    this.index = read(this.file);
  }

  /** Files are looked at again from now on. */
  public refresh(): void {
    this.hashes = new Map();
  }

  /** A result, if nothing that it was made from has changed. */
  public get<Value>(key: string): Value | undefined {
    const entry = this.index.entries[key];
    if (!entry) return undefined;
    const valid = Object.entries(entry.inputs).every(([input, hash]) => this.hashOf(input) === hash);
    return valid ? (entry.value as Value) : undefined;
  }

  /**
   * Remembers a result; `save` writes it to disk.
   *
   * @param since when the work began: what depends on a file that was saved meanwhile is not remembered
   */
  public set(key: string, inputs: readonly string[], value: unknown, since: number): void {
    this.refresh();
    const hashes = inputs.map((input) => [input, this.hashOf(input)] as const);
    if (hashes.some(([input, hash]) => !hash || (this.index.files[input]?.[0] ?? 0) > since)) return;
    this.added[key] = this.index.entries[key] = {
      inputs: Object.fromEntries(hashes) as Entry['inputs'],
      value,
    };
  }

  /** Whether a built folder is there and nobody has touched it: its files may be linked into a cdk.out. */
  public holds({ hash, files }: Artifact): boolean {
    return Object.entries(files).every(([name, [size, mtimeMs]]) => {
      const stat = statSync(join(this.store, hash, name), { throwIfNoEntry: false });
      return stat?.size === size && stat.mtimeMs === mtimeMs;
    });
  }

  /** Writes what was added, together with what other processes have added meanwhile. */
  public save(): void {
    if (Object.keys(this.added).length === 0) return;
    const { files, entries } = read(this.file);
    const merged: Index = {
      files: { ...files, ...this.index.files },
      entries: { ...entries, ...this.added },
    };
    mkdirSync(this.store, { recursive: true });
    const draft = `${this.file}.${randomUUID()}`;
    writeFileSync(draft, JSON.stringify(merged));
    renameSync(draft, this.file);
    this.added = {};
  }

  private hashOf(input: string): string | undefined {
    if (this.hashes.has(input)) return this.hashes.get(input);
    const path = join(this.root, input);
    const stat = statSync(path, { throwIfNoEntry: false });
    const known = this.index.files[input];
    let hash: string | undefined;
    if (stat && known?.[0] === stat.mtimeMs && known[1] === stat.size) hash = known[2];
    else if (stat) {
      hash = sha256(readFileSync(path));
      this.index.files[input] = [stat.mtimeMs, stat.size, hash];
    }
    this.hashes.set(input, hash);
    return hash;
  }
}

/** Anything but a whole index counts as none. */
function read(file: string): Index {
  try {
    const index = JSON.parse(readFileSync(file, 'utf8'));
    if (index?.files && index.entries) return index;
  } catch {
    // Not there, or damaged: everything is built again.
  }
  return { files: {}, entries: {} };
}

let library: string | undefined;

/** The code that makes the results: a development version of the library has no version number of its own. */
function libraryHash(): string {
  if (library === undefined) {
    const files = [__dirname, join(__dirname, 'worker')].flatMap((folder) =>
      readdirSync(folder, { withFileTypes: true })
        .filter((file) => file.isFile() && /\.m?[jt]s$/.test(file.name))
        .map((file) => join(folder, file.name)),
    );
    const { version } = require('esbuild/package.json') as { version: string };
    library = sha256(...files.sort().map((file) => readFileSync(file)), version);
  }
  return library;
}
