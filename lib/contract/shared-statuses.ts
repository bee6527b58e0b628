import type { Operation } from './operation.js';

/** Error statuses of every operation, returned by the gateway or by `route()` without a declaration. */
export const SHARED_STATUSES = [400, 401, 403, 406, 413, 415, 429, 500, 502, 503, 504] as const;

/** Error status of every operation. */
export type SharedStatus = (typeof SHARED_STATUSES)[number];

/** Returns true for shared statuses, and for the statuses with which an `idempotent` operation rejects a key. */
export function isImplicitError({ idempotent }: Operation, status: number): boolean {
  return (
    (SHARED_STATUSES as readonly number[]).includes(status) ||
    (!!idempotent && (status === 409 || status === 422))
  );
}

export function isShared(status: number): status is SharedStatus {
  return (SHARED_STATUSES as readonly number[]).includes(status);
}
