import { setTimeout as sleep } from 'node:timers/promises';
import { callControl } from './control.js';
import { LocalCloudError } from './errors.js';
import type { Instance } from './instance.js';

/** An operation on a stack that has not ended. */
interface Operation {
  readonly stack: string;
  readonly status: string;
}

const PATIENCE = 60_000;
const RESPONDS_WITHIN = 10_000;

/**
 * Waits until CloudFormation has ended what an interrupted deployment began: until then, it takes no other operation on
 * the same stacks.
 *
 * @throws LocalCloudError when that takes longer than a minute
 */
export async function waitForOperations(
  instance: Instance,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (let told = false; ; told = true) {
    const operations = await operationsOf(instance);
    if (operations.length === 0) return;
    const list = operations.map(({ stack, status }) => `${stack} (${status})`).join(', ');
    if (Date.now() > deadline)
      throw new LocalCloudError(
        `An earlier deployment was interrupted, and CloudFormation still works on it: ${list}.\n` +
          'Wait for it (a custom resource may take an hour), or end it with the local cloud: npx trellis down. ' +
          'Its data is kept, and the next deployment goes over each resource.',
      );
    if (!told) log(`Waiting for the end of an interrupted deployment: ${list}`);
    signal?.throwIfAborted();
    await sleep(200);
  }
}

async function operationsOf(instance: Instance): Promise<readonly Operation[]> {
  const response = await callControl(instance, '/_trellis/operations', { timeout: RESPONDS_WITHIN });
  return (await response.json()) as Operation[];
}
