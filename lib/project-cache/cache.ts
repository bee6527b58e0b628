import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Artifact } from './artifact.js';
import { DAY_MILLISECONDS, type Entry, STAMPS } from './cache-entry.js';
import { cacheFolder } from './cache-folder.js';
import type * as CachePruning from './cache-pruning.js';
import { FileHashes } from './file-hashes.js';
import { sha256 } from './hash.js';
import { InstalledFiles, type InstalledList, type InstalledRef, isInstalledPath } from './installed-files.js';
import { readJson, writeJson } from './json-file.js';
import { packagesHash } from './packages-hash.js';

/** The files that a result depends on. */
interface Origin {
  readonly inputs: readonly string[];
  readonly absent?: readonly string[];
  /** Start of the work, in milliseconds: a result is not cached if one of its files was saved later. */
  readonly since: number;
}

/** Returns the key of a list of installed files. */
const listKey = (name: string) => `installed ${name}`;

/** Rooms of the library whose code determines the results. */
const ROOMS_THAT_BUILD = ['bundler', 'bundler/worker', 'handler', 'project-cache'];

/**
 * The cache of a project: an index of results, each valid while the files that it depends on are unchanged, and a store
 * of built archives and folders named by the hash of their content.
 *
 * The index's name contains a hash of the lockfiles and of the library's own code. Files of node_modules are checked
 * nevertheless: they may change while the lockfile does not. Many results depend on the same files, so that lists of
 * them are separate entries.
 */
export class Cache {
  /** Folder of the built archives and folders. */
  public readonly store: string;
  private readonly folder: string;
  private readonly file: string;
  private readonly hashes: FileHashes;
  private readonly installed: InstalledFiles;
  private readonly lists = new Map<string, string | undefined>();
  private readonly entries: Record<string, Entry>;
  private changed: Record<string, Entry> = {};
  private readonly today = Math.floor(Date.now() / DAY_MILLISECONDS);

  constructor(private readonly root: string) {
    this.folder = cacheFolder(root);
    this.store = join(this.folder, 'built');
    this.hashes = new FileHashes(root, join(this.folder, STAMPS));
    this.installed = new InstalledFiles(root);
    const generation = sha256(root, packagesHash(root, this.hashes), this.libraryHash());
    this.file = join(this.folder, `index-${generation.slice(0, 16)}.json`);
    this.entries = readJson<Record<string, Entry>>(this.file) ?? {};
  }

  /** Clears the state of files: they are read again. */
  public refresh(): void {
    this.hashes.refresh();
    this.installed.refresh();
    this.lists.clear();
  }

  /** Returns a result if the files that it depends on are unchanged and its artifact exists. */
  public get<Value>(key: string): Entry<Value> | undefined {
    const entry = this.entries[key] as Entry<Value> | undefined;
    if (!entry || !this.isValid(entry)) return undefined;
    if (entry.used !== this.today) this.put(key, { ...entry, used: this.today });
    return entry;
  }

  /** Adds a result; `save` writes it to disk. */
  public set(
    key: string,
    origin: Origin,
    result: { readonly artifact?: Artifact; readonly value: unknown },
  ): void {
    const { inputs, absent = [], since } = origin;
    const [projectFiles, packages] = [false, true].map((is) =>
      inputs.filter((input) => isInstalledPath(input) === is),
    );
    const hashes = (projectFiles ?? []).map((input) => [input, this.hashes.of(input)] as const);
    // File times are more precise than milliseconds.
    if (hashes.some(([input, hash]) => !hash || Math.floor(this.hashes.savedAt(input)) > since)) return;
    const installed = this.addList(packages ?? [], since);
    if (!installed) return;
    const entry = {
      inputs: Object.fromEntries(hashes) as Entry['inputs'],
      ...(packages?.length && { installed }),
      absent,
      used: this.today,
      ...result,
    };
    this.put(key, entry);
  }

  /** Writes the added results, merged with those of other processes. */
  public save(): void {
    try {
      this.hashes.save();
      if (Object.keys(this.changed).length === 0) return;
      writeJson(this.file, { ...readJson<object>(this.file), ...this.changed });
      const { pruneCache } = require('./cache-pruning.js') as typeof CachePruning;
      pruneCache(this.folder);
    } catch {
      // Disk full or permission revoked: the next synth repeats the work.
    }
    this.changed = {};
  }

  private put(key: string, entry: Entry): void {
    this.entries[key] = this.changed[key] = entry;
  }

  /** Adds the list of the installed files of a result; undefined if they changed since. */
  private addList(paths: readonly string[], since: number): InstalledRef | undefined {
    const name = sha256(JSON.stringify(paths)).slice(0, 16);
    const value = this.installed.list(paths, since);
    if (!value) return undefined;
    this.putList(name, value);
    return { list: name, content: value.content };
  }

  /** Returns the current hash of a list's files. */
  private contentOf(name: string): string | undefined {
    if (this.lists.has(name)) return this.lists.get(name);
    const cached = this.entries[listKey(name)] as Entry<InstalledList> | undefined;
    const current = cached && this.installed.current(cached.value);
    if (current && (current !== cached.value || cached.used !== this.today)) this.putList(name, current);
    this.lists.set(name, current?.content);
    return current?.content;
  }

  private putList(name: string, value: InstalledList): void {
    if (value.paths.length > 0) this.put(listKey(name), { inputs: {}, absent: [], used: this.today, value });
  }

  private isValid({ inputs, installed, absent, artifact }: Entry): boolean {
    try {
      return (
        (installed === undefined || this.contentOf(installed.list) === installed.content) &&
        Object.entries(inputs).every(([input, hash]) => this.hashes.of(input) === hash) &&
        absent.every((path) => this.hashes.of(path) === undefined) &&
        (artifact === undefined || this.isIntact(artifact))
      );
    } catch {
      // The index was edited or is damaged.
      return false;
    }
  }

  /** Returns true if the artifact is unmodified: its files may be hard-linked into a cdk.out. */
  private isIntact({ stamps }: Artifact): boolean {
    return Object.entries(stamps).every(([path, [size, mtimeMs]]) => {
      const stat = statSync(`${this.store}/${path}`, { throwIfNoEntry: false });
      return stat?.size === size && stat.mtimeMs === mtimeMs;
    });
  }

  /** Returns the hash of the library's code during its development, when no lockfile reveals changes to it. */
  private libraryHash(): string {
    if (/[\\/]node_modules[\\/]/.test(__dirname)) return '';
    const { version } = require('esbuild/package.json') as { version: string };
    const files = ROOMS_THAT_BUILD.map((room) => join(__dirname, '..', room)).flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => /(?<!\.d)\.m?[jt]s$/.test(name))
        .map((name) => relative(this.root, join(folder, name))),
    );
    return sha256(version, ...files.sort().map((file) => this.hashes.of(file) ?? ''));
  }
}
