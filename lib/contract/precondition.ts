import { defineProblem } from './define-problem.js';

/**
 * 412: the resource has changed since the caller read it. An operation that checks `If-Match` declares it in `errors`.
 */
export class PreconditionFailed extends /* @__PURE__ */ defineProblem({
  type: 'urn:problem:precondition-failed',
  title: 'The resource has changed',
  status: 412,
  description: 'The `If-Match` header does not have the current version.',
}) {}
