import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs';
import { resolve } from 'node:path';
import { sha256 } from './hash.js';

/** The installed files that a result depends on: the list of files, and a hash of their contents at that time. */
export interface InstalledRef {
  readonly list: string;
  readonly content: string;
}

/** Files of node_modules, with the hash of their contents at the time of the stamp. */
export interface InstalledList {
  /** Paths relative to the root. A folder represents the names in it, a link its target. */
  readonly paths: readonly string[];
  /** Size, times and inodes of all files; empty while they are not reliable. */
  readonly stamp: string;
  readonly content: string;
}

/** Time after a change in which a file may change again with the same stamp. */
const UNCERTAIN_MILLISECONDS = 50;

/** Metadata of a file. */
interface Stamp {
  readonly stamp: string;
  readonly newest: number;
  readonly stat: Stats | undefined;
}

/** Buffer for reading files. Most files of packages fit: reuse halves the time. */
const shared = Buffer.allocUnsafe(1 << 18);

/** Returns true if a path belongs to an installed package. */
export function isInstalledPath(path: string): boolean {
  return /(^|[\\/])node_modules[\\/]/.test(path);
}

/**
 * Contents of installed files. A lockfile does not reveal when they change: a package that is linked or installed again
 * under the same version, a client that is generated into node_modules, a line that was edited while debugging.
 *
 * Each synth checks thousands of files, so that they share one stamp; contents are read only if it has changed. The
 * stamp includes the time of the last status change: npm sets the same modification time for all files of packages.
 */
export class InstalledFiles {
  private readonly stamps = new Map<string, Stamp>();
  private readonly contents = new Map<string, string>();

  constructor(private readonly root: string) {}

  /** Clears the state of files: they are checked again. */
  public refresh(): void {
    this.stamps.clear();
    this.contents.clear();
  }

  /** @returns undefined if one of the files was changed after `since` */
  public list(paths: readonly string[], since: number): InstalledList | undefined {
    const { stamp, newest } = this.stampOf(paths);
    if (Math.floor(newest) > since) return undefined;
    return { paths, stamp: this.reliable(stamp, newest), content: this.contentOf(paths) };
  }

  /** Returns the current list: the same object if nothing has changed. */
  public current(list: InstalledList): InstalledList {
    const { stamp, newest } = this.stampOf(list.paths);
    if (list.stamp === stamp) return list;
    return {
      paths: list.paths,
      stamp: this.reliable(stamp, newest),
      content: this.contentOf(list.paths),
    };
  }

  private reliable(stamp: string, newest: number): string {
    return newest < Date.now() - UNCERTAIN_MILLISECONDS ? stamp : '';
  }

  private stampOf(paths: readonly string[]): { readonly stamp: string; readonly newest: number } {
    let newest = 0;
    const all = paths.map((path) => {
      const file = this.stampOfFile(path);
      newest = Math.max(newest, file.newest);
      return file.stamp;
    });
    return { stamp: sha256(all.join('\n')), newest };
  }

  private stampOfFile(path: string): Stamp {
    const cached = this.stamps.get(path);
    if (cached) return cached;
    const stat = lstatSync(resolve(this.root, path), { throwIfNoEntry: false });
    const { size, mtimeMs = 0, ctimeMs = 0, ino, mode } = stat ?? {};
    const stamp = {
      stamp: stat ? `${size} ${mtimeMs} ${ctimeMs} ${ino} ${mode}` : '',
      newest: Math.max(mtimeMs, ctimeMs),
      stat,
    };
    this.stamps.set(path, stamp);
    return stamp;
  }

  private contentOf(paths: readonly string[]): string {
    const all = paths.map((path) => {
      const content = this.contents.get(path) ?? this.contentOfFile(path);
      this.contents.set(path, content);
      return `${path} ${content}`;
    });
    return sha256(all.join('\n'));
  }

  private contentOfFile(path: string): string {
    const { stat } = this.stampOfFile(path);
    if (!stat) return '';
    const file = resolve(this.root, path);
    if (stat.isSymbolicLink()) return `link ${readlinkSync(file)}`;
    if (stat.isDirectory()) return `folder ${readdirSync(file).sort().join('/')}`;
    return sha256(bytesOf(file, stat.size)) + (stat.mode & 0o111 ? ' x' : '');
  }
}

function bytesOf(file: string, size: number): Uint8Array {
  if (size >= shared.length) return readFileSync(file);
  const descriptor = openSync(file, 'r');
  try {
    const read = readSync(descriptor, shared, 0, shared.length, 0);
    // The file has grown since.
    return read > size ? readFileSync(file) : shared.subarray(0, read);
  } finally {
    closeSync(descriptor);
  }
}
