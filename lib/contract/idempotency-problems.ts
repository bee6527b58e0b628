import { defineProblem } from './define-problem.js';

/** 409: the first request with this key has not ended. `Retry-After` says when to ask again. */
export class IdempotencyKeyInUse extends /* @__PURE__ */ defineProblem({
  type: 'urn:problem:idempotency-key-in-use',
  title: 'A request with this idempotency key is in progress',
  status: 409,
}) {}

/** 409 without `Retry-After`: the request was done before, but its response is too large to be kept. */
export class IdempotencyResponseNotKept extends /* @__PURE__ */ defineProblem({
  type: 'urn:problem:idempotency-response-not-kept',
  title: 'The request was done before, and its response was not kept',
  status: 409,
}) {}

/** 422: the key stands for another request. */
export class IdempotencyKeyReused extends /* @__PURE__ */ defineProblem({
  type: 'urn:problem:idempotency-key-reused',
  title: 'The idempotency key was used for another request',
  status: 422,
}) {}

/** Problems of every operation that is `idempotent`. */
export const IDEMPOTENCY_PROBLEMS = [
  IdempotencyKeyInUse,
  IdempotencyResponseNotKept,
  IdempotencyKeyReused,
] as const;
