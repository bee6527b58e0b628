/** What any operation may be refused with, by the gateway or by `route()`, without its contract saying so. */
export const SHARED_STATUSES = [400, 401, 403, 406, 413, 415, 429, 500, 502, 503, 504] as const;

export type SharedStatus = (typeof SHARED_STATUSES)[number];

export function isShared(status: number): status is SharedStatus {
  return (SHARED_STATUSES as readonly number[]).includes(status);
}
