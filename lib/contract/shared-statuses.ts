import type { Operation } from './operation.js';

/** What any operation may be refused with, by the gateway or by `route()`, without its contract saying so. */
export const SHARED_STATUSES = [400, 401, 403, 406, 413, 415, 429, 500, 502, 503, 504] as const;

export type SharedStatus = (typeof SHARED_STATUSES)[number];

/** Whether the status is one of these, or one by which an operation that is `idempotent` refuses a key. */
export function isRefusal({ idempotent }: Operation, status: number): boolean {
  return (
    (SHARED_STATUSES as readonly number[]).includes(status) ||
    (!!idempotent && (status === 409 || status === 422))
  );
}

export function isShared(status: number): status is SharedStatus {
  return (SHARED_STATUSES as readonly number[]).includes(status);
}
