import { setTimeout as sleep } from 'node:timers/promises';
import { callControl } from './control.js';
import { LocalCloudError } from './errors.js';
import type { Instance } from './instance.js';

/** An operation on a stack that has not ended. */
interface Operation {
  readonly stack: string;
  readonly status: string;
}

const TIMEOUT_MS = 60_000;
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * Waits until CloudFormation has finished the operations of an interrupted deployment: until then, it rejects other
 * operations on the same stacks.
 *
 * @throws LocalCloudError when that takes longer than a minute
 */
export async function waitForOperations(
  instance: Instance,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (let isLogged = false; ; isLogged = true) {
    const operations = await operationsOf(instance);
    if (operations.length === 0) return;
    const list = operations.map(({ stack, status }) => `${stack} (${status})`).join(', ');
    if (Date.now() > deadline)
      throw new LocalCloudError(
        `An earlier deployment was interrupted, and CloudFormation has not finished it: ${list}.\n` +
          'Wait for it (a custom resource may take an hour), or stop the local cloud: npx trellis down. ' +
          'The data is saved, and the next deployment checks each resource.',
      );
    if (!isLogged) log(`Waiting for the end of an interrupted deployment: ${list}`);
    signal?.throwIfAborted();
    await sleep(200);
  }
}

async function operationsOf(instance: Instance): Promise<readonly Operation[]> {
  const response = await callControl(instance, '/_trellis/operations', { timeout: REQUEST_TIMEOUT_MS });
  return (await response.json()) as Operation[];
}
