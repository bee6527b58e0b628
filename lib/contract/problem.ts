import * as z from 'zod';

/**
 * Schema of an HTTP API's error: RFC 9457, `application/problem+json`.
 * Use it in a contract for the error statuses that an operation returns.
 */
export const Problem = /* @__PURE__ */ z
  .looseObject({
    type: /* @__PURE__ */ z.string(),
    title: /* @__PURE__ */ z.string(),
    status: /* @__PURE__ */ z.int(),
    detail: /* @__PURE__ */ z.string().optional(),
    instance: /* @__PURE__ */ z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof Problem>;

/** Members and headers of a problem. */
export interface ProblemDetails {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Short sentence, the same for every problem of this type. */
  readonly title: string;
  /** Explanation of this occurrence, and a remedy. It is sent to the caller: no internals. */
  readonly detail?: string;
  /** URI of the problem type. @default 'about:blank', which means that the status is the type */
  readonly type?: string;
  /** Additional members of the problem, such as `errors`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Headers of the response, such as `retry-after`; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Error that becomes the response of a handler: `throw new ProblemError({ status: 409, title: '...' })`. */
export class ProblemError extends Error {
  readonly status: number;
  readonly details: ProblemDetails;

  constructor(details: ProblemDetails) {
    super(details.detail ? `${details.title}: ${details.detail}` : details.title);
    this.name = 'ProblemError';
    this.status = details.status;
    this.details = details;
  }
}

/** Returns the body of a problem response; `instance` is the request id, which leads from a caller's report to the logs. */
export function problemBody(details: ProblemDetails, requestId: string): Problem {
  return {
    ...details.extensions,
    type: details.type ?? 'about:blank',
    title: details.title,
    status: details.status,
    ...(details.detail !== undefined && { detail: details.detail }),
    instance: `urn:request:${requestId}`,
  };
}
