import { closeSync, openSync, rmSync, statSync, utimesSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PRIVATE_FILE } from './private-files.js';

const HEARTBEAT_MS = 1_000;
/** Age of a lock whose holder was killed. */
const STALE_MS = 5_000;

/**
 * Runs `work` with the lock of a project: two starts at once would work on the same data, two deployments on the same
 * stacks. The lock is a file that is touched every second, so that a lock of a killed process is detected.
 */
export async function withProjectLock<T>(
  file: string,
  onWait: () => void,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let isWaiting = false; !acquire(file); isWaiting = true) {
    signal?.throwIfAborted();
    if (!isWaiting) onWait();
    await sleep(100);
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    rmSync(file, { force: true });
  }
}

function acquire(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx', PRIVATE_FILE));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (touched !== undefined && Date.now() - touched > STALE_MS) rmSync(file, { force: true });
    return false;
  }
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The file was deleted together with the project's data.
  }
}
