import { closeSync, openSync, rmSync, statSync, utimesSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PRIVATE_FILE } from './private-files.js';

const BEAT = 1_000;
/** Whoever held it was killed. */
const STALE_AFTER = 5_000;

/**
 * Does something alone in a project: two starts at once would work on the same data, two deployments on the
 * same stacks. The lock is a file that is touched every second, so that one left behind is known as such.
 */
export async function alone<T>(
  file: string,
  wait: () => void,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let told = false; !take(file); told = true) {
    signal?.throwIfAborted();
    if (!told) wait();
    await sleep(100);
  }
  const beat = setInterval(() => touch(file), BEAT).unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx', PRIVATE_FILE));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (touched !== undefined && Date.now() - touched > STALE_AFTER) rmSync(file, { force: true });
    return false;
  }
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // It was deleted together with the project's data.
  }
}
