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

/** What a result was made from. */
interface Origin {
  readonly inputs: readonly string[];
  readonly absent?: readonly string[];
  /** When the work began: what depends on a file that was saved meanwhile is not remembered. */
  readonly since: number;
}

/** The entry of a list of files. */
const listKey = (name: string) => `installed ${name}`;

/** Rooms of the library whose code decides what is built. */
const ROOMS_THAT_BUILD = ['bundler', 'bundler/worker', 'handler', 'project-cache'];

/**
 * What earlier synths found out about the files of a project: an index of results, each valid as long as the files
 * it was made from are the same, and a store of built archives and folders named after their content.
 *
 * What says which packages are installed is part of the index's name, and so is the library's own code. Files of
 * node_modules are looked at all the same: they may change while the lockfile does not. Many results are made from the
 * same ones, so that lists of them are entries of their own.
 */
export class Cache {
  /** Where built archives and folders are. */
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

  /** Files are looked at again from now on. */
  public refresh(): void {
    this.hashes.refresh();
    this.installed.refresh();
    this.lists.clear();
  }

  /** A result, if nothing that it was made from has changed and what was built is there. */
  public get<Value>(key: string): Entry<Value> | undefined {
    const entry = this.entries[key] as Entry<Value> | undefined;
    if (!entry || !this.isValid(entry)) return undefined;
    if (entry.used !== this.today) this.put(key, { ...entry, used: this.today });
    return entry;
  }

  /** Remembers a result; `save` writes it to disk. */
  public set(
    key: string,
    origin: Origin,
    result: { readonly artifact?: Artifact; readonly value: unknown },
  ): void {
    const { inputs, absent = [], since } = origin;
    const [own, packages] = [false, true].map((is) =>
      inputs.filter((input) => isInstalledPath(input) === is),
    );
    const hashes = (own ?? []).map((input) => [input, this.hashes.of(input)] as const);
    // Files' times are finer than milliseconds.
    if (hashes.some(([input, hash]) => !hash || Math.floor(this.hashes.savedAt(input)) > since)) return;
    const installed = this.listed(packages ?? [], since);
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

  /** Writes what was added, together with what other processes have added meanwhile. */
  public save(): void {
    try {
      this.hashes.save();
      if (Object.keys(this.changed).length === 0) return;
      writeJson(this.file, { ...readJson<object>(this.file), ...this.changed });
      const { pruneCache } = require('./cache-pruning.js') as typeof CachePruning;
      pruneCache(this.folder);
    } catch {
      // No room, or no permission any more: the next synth works again for what this one has found out.
    }
    this.changed = {};
  }

  private put(key: string, entry: Entry): void {
    this.entries[key] = this.changed[key] = entry;
  }

  /** Remembers which files of node_modules a result was made from; undefined when they change. */
  private listed(paths: readonly string[], since: number): InstalledRef | undefined {
    const name = sha256(JSON.stringify(paths)).slice(0, 16);
    const value = this.installed.list(paths, since);
    if (!value) return undefined;
    this.putList(name, value);
    return { list: name, content: value.content };
  }

  /** The hash of a list's files as they are now. */
  private contentOf(name: string): string | undefined {
    if (this.lists.has(name)) return this.lists.get(name);
    const known = this.entries[listKey(name)] as Entry<InstalledList> | undefined;
    const now = known && this.installed.current(known.value);
    if (now && (now !== known.value || known.used !== this.today)) this.putList(name, now);
    this.lists.set(name, now?.content);
    return now?.content;
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
        (artifact === undefined || this.holds(artifact))
      );
    } catch {
      // An index that somebody has edited.
      return false;
    }
  }

  /** Whether nobody has touched what was built: it may be linked into a cdk.out. */
  private holds({ stamps }: Artifact): boolean {
    return Object.entries(stamps).every(([path, [size, mtimeMs]]) => {
      const stat = statSync(`${this.store}/${path}`, { throwIfNoEntry: false });
      return stat?.size === size && stat.mtimeMs === mtimeMs;
    });
  }

  /** The code that makes the results, where the lockfile does not tell that it has changed: during development. */
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
