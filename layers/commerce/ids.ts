import { randomUUID } from 'node:crypto';

/** Prefixes of ids, which identify the kind of resource in logs and support requests. */
export type IdPrefix = 'prd' | 'ord';

/** Creates a random, unguessable id, for example `prd_4f1c…` (122 random bits). */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${randomUUID().replaceAll('-', '')}`;
}
