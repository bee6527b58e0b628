import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sha256 } from './hash.js';
import { readJson, writeJson } from './json-file.js';

/**
 * Times and size of a file when it was read, and the hash of its content. The modification time alone is not reliable:
 * `cp -p` and archives set it.
 */
type Stamp = readonly [mtimeMs: number, size: number, hash: string, ctimeMs: number];

/** Time after a save in which a file may be saved again with the same time and size. */
const UNCERTAIN_MILLISECONDS = 50;

/** Content hashes of a project's files, cached by their times and sizes: unchanged files are not read again. */
export class FileHashes {
  private readonly stamps: Record<string, Stamp>;
  private added: Record<string, Stamp> = {};
  private seen = new Map<string, string | undefined>();
  private times = new Map<string, number>();

  constructor(
    private readonly root: string,
    private readonly file: string,
  ) {
    this.stamps = readJson<Record<string, Stamp>>(file) ?? {};
  }

  /** Clears the state of files: they are checked again. */
  public refresh(): void {
    this.seen = new Map();
    this.times = new Map();
  }

  /**
   * Returns the hash of a file, or of a folder with its content.
   *
   * @param path relative to the root
   * @returns undefined if the path does not exist
   */
  public of(path: string): string | undefined {
    if (this.seen.has(path)) return this.seen.get(path);
    const hash = this.read(path);
    this.seen.set(path, hash);
    return hash;
  }

  /** Returns the time when a file, or the newest file of a folder, was saved. */
  public savedAt(path: string): number {
    const time = this.times.get(path) ?? this.newest(resolve(this.root, path));
    this.times.set(path, time);
    return time;
  }

  public save(): void {
    if (Object.keys(this.added).length === 0) return;
    writeJson(this.file, { ...readJson<Record<string, Stamp>>(this.file), ...this.added });
    this.added = {};
  }

  private newest(file: string): number {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat) return 0;
    const time = Math.max(stat.mtimeMs, stat.ctimeMs);
    return stat.isDirectory()
      ? Math.max(time, ...readdirSync(file).map((name) => this.newest(join(file, name))))
      : time;
  }

  private read(path: string): string | undefined {
    const file = resolve(this.root, path);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat) return undefined;
    if (stat.isDirectory()) {
      const names = readdirSync(file).sort();
      return sha256(JSON.stringify(names.map((name) => [name, this.of(join(path, name))])));
    }
    // Programs that are copied stay programs.
    const mode = stat.mode & 0o111 ? 'x' : '';
    const cached = this.stamps[path];
    const { mtimeMs, ctimeMs, size } = stat;
    if (cached?.[0] === mtimeMs && cached[1] === size && cached[3] === ctimeMs) return cached[2] + mode;
    const hash = sha256(readFileSync(file));
    if (Math.max(mtimeMs, ctimeMs) < Date.now() - UNCERTAIN_MILLISECONDS) {
      this.added[path] = this.stamps[path] = [mtimeMs, size, hash, ctimeMs];
    }
    return hash + mode;
  }
}
