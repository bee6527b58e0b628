import { randomUUID } from 'node:crypto';

/** What an id is of: it stands in front, so that a log line or a support mail tells what it is about. */
export type IdPrefix = 'prd' | 'ord';

/** A new id that nobody can guess and that never clashes, as in `prd_4f1c…` (122 random bits). */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${randomUUID().replaceAll('-', '')}`;
}
