import { defineProblem } from './define-problem.js';

/**
 * 412: somebody else has changed it since the caller read it. An operation that checks `If-Match` has it among its
 * `errors`.
 */
export class PreconditionFailed extends /* @__PURE__ */ defineProblem({
  type: 'urn:problem:precondition-failed',
  title: 'Somebody else changed it first',
  status: 412,
  description: 'The `If-Match` header names another version than the current one.',
}) {}
