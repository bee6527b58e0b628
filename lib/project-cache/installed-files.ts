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

/** What a result was made from of node_modules: which files, and a hash of their contents at that time. */
export interface InstalledRef {
  readonly list: string;
  readonly content: string;
}

/** Files of node_modules, with the hash of their contents as of when they had a stamp. */
export interface InstalledList {
  /** Relative to the root. A folder stands for the names in it, a link for where it leads. */
  readonly paths: readonly string[];
  /** Size, times and inodes of all; empty while it cannot be relied on. */
  readonly stamp: string;
  readonly content: string;
}

/** A file that was changed this short before it was read may change again with the same stamp. */
const UNCERTAIN_MILLISECONDS = 50;

/** What is known of a file without reading it. */
interface Stamp {
  readonly stamp: string;
  readonly newest: number;
  readonly stat: Stats | undefined;
}

/** Most files of packages are smaller: reading them into one buffer takes half the time. */
const shared = Buffer.allocUnsafe(1 << 18);

/** Whether a path is one of an installed package. */
export function isInstalledPath(path: string): boolean {
  return /(^|[\\/])node_modules[\\/]/.test(path);
}

/**
 * The contents of installed files. A lockfile does not say when they change: a package that is linked or installed again
 * under the same version, a client that is generated into node_modules, a line that was changed while debugging.
 *
 * Thousands of files are looked at in each synth, so that they have one stamp in common; contents are read only if that
 * has changed. The stamp has the time of the last change of a file's state, too: npm gives all files of packages the same
 * time of modification.
 */
export class InstalledFiles {
  private readonly stamps = new Map<string, Stamp>();
  private readonly contents = new Map<string, string>();

  constructor(private readonly root: string) {}

  /** Files are looked at again from now on. */
  public refresh(): void {
    this.stamps.clear();
    this.contents.clear();
  }

  /** @returns undefined when one of the files was changed after `since` */
  public list(paths: readonly string[], since: number): InstalledList | undefined {
    const { stamp, newest } = this.stampOf(paths);
    if (Math.floor(newest) > since) return undefined;
    return { paths, stamp: this.reliable(stamp, newest), content: this.contentOf(paths) };
  }

  /** The list as it is now: the same object if nothing has changed. */
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
      const one = this.stampOfFile(path);
      newest = Math.max(newest, one.newest);
      return one.stamp;
    });
    return { stamp: sha256(all.join('\n')), newest };
  }

  private stampOfFile(path: string): Stamp {
    const known = this.stamps.get(path);
    if (known) return known;
    const stat = lstatSync(resolve(this.root, path), { throwIfNoEntry: false });
    const { size, mtimeMs = 0, ctimeMs = 0, ino, mode } = stat ?? {};
    const made = {
      stamp: stat ? `${size} ${mtimeMs} ${ctimeMs} ${ino} ${mode}` : '',
      newest: Math.max(mtimeMs, ctimeMs),
      stat,
    };
    this.stamps.set(path, made);
    return made;
  }

  private contentOf(paths: readonly string[]): string {
    const all = paths.map((path) => {
      const known = this.contents.get(path) ?? this.contentOfFile(path);
      this.contents.set(path, known);
      return `${path} ${known}`;
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
    // It has grown meanwhile.
    return read > size ? readFileSync(file) : shared.subarray(0, read);
  } finally {
    closeSync(descriptor);
  }
}
