import { callControl } from './control.js';
import type { Instance } from './instance.js';

/** A resource of a deployed stack. */
export interface DeployedResource {
  /** The stack's name; of a nested one that of its parent with its logical id behind it. */
  readonly stack: string;
  /** The logical id. */
  readonly id: string;
  readonly type: string;
}

/** What a resource holds. */
export interface Contents {
  /** Null where the emulator cannot count. */
  readonly count: number | null;
  /** The plural of what is counted: items, objects, messages, users ... */
  readonly what: string;
}

const COUNTS_WITHIN = 30_000;

/** Counts what each of the resources holds, in the order given. */
export async function contentsOf(
  instance: Instance,
  resources: readonly DeployedResource[],
): Promise<readonly Contents[]> {
  const response = await callControl(instance, '/_trellis/holds', {
    method: 'POST',
    body: { resources },
    timeout: COUNTS_WITHIN,
  });
  return (await response.json()) as Contents[];
}
