import { callControl } from './control.js';
import type { Instance } from './instance.js';

/** A resource of a deployed stack. */
export interface DeployedResource {
  /** Stack name; for a nested stack `<name of the parent>/<logical id>`. */
  readonly stack: string;
  /** Logical id. */
  readonly id: string;
  readonly type: string;
}

/** Amount of data in a resource. */
export interface Contents {
  /** Number of items; null if the emulator cannot count them. */
  readonly count: number | null;
  /** Plural noun of the items: items, objects, messages, users ... */
  readonly what: string;
}

const TIMEOUT_MS = 30_000;

/** Counts the data in each of the resources, in the order of `resources`. */
export async function countContents(
  instance: Instance,
  resources: readonly DeployedResource[],
): Promise<readonly Contents[]> {
  const response = await callControl(instance, '/_trellis/contents', {
    method: 'POST',
    body: { resources },
    timeout: TIMEOUT_MS,
  });
  return (await response.json()) as Contents[];
}
