import { defineProblem } from './define-problem.js';

/** 409: the first request with this key is still running. `Retry-After` has the seconds until the next attempt. */
export class IdempotencyKeyInUse extends /* @__PURE__ */ defineProblem({
  type: 'urn:problem:idempotency-key-in-use',
  title: 'A request with this idempotency key is in progress',
  status: 409,
}) {}

/** 409 without `Retry-After`: the first request succeeded, but its response was too large to be stored. */
export class IdempotencyResponseNotKept extends /* @__PURE__ */ defineProblem({
  type: 'urn:problem:idempotency-response-not-kept',
  title: 'The request succeeded before, but its response was not stored',
  status: 409,
}) {}

/** 422: the key belongs to a different request. */
export class IdempotencyKeyReused extends /* @__PURE__ */ defineProblem({
  type: 'urn:problem:idempotency-key-reused',
  title: 'The idempotency key was used for a different request',
  status: 422,
}) {}

/** Problems of every operation that is `idempotent`. */
export const IDEMPOTENCY_PROBLEMS = [
  IdempotencyKeyInUse,
  IdempotencyResponseNotKept,
  IdempotencyKeyReused,
] as const;
