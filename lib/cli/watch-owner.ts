import { readFileSync, statSync } from 'node:fs';

const INTERVAL_MS = 1000;

/**
 * Calls back once when no terminal or parent can stop this process any more: the process that started it has ended (npm that was
 * killed, a closed editor, a finished step of CI), or its folder was deleted.
 *
 * @returns a function that ends the watch
 */
export function watchOwner(folder: string, callback: (reason: string) => void): () => void {
  const owner = ownerOf();
  const inode = inodeOf(folder);
  const timer = setInterval(() => {
    const reason =
      ownerOf() !== owner
        ? 'The process that started it has ended.'
        : inodeOf(folder) !== inode
          ? `${folder} was deleted.`
          : undefined;
    if (!reason) return;
    clearInterval(timer);
    callback(reason);
  }, INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

/** Returns the parent and its parent: npm starts its scripts by a shell, which outlives it. */
function ownerOf(): string {
  return `${process.ppid} ${parentOf(process.ppid)}`;
}

/** Returns the parent of a process. Undefined except on Linux: other shells become the command that they start. */
function parentOf(pid: number): string | undefined {
  try {
    // The name of the process is in parentheses, and may have spaces.
    return /\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

function inodeOf(folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.ino;
}
