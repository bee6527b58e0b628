import * as z from 'zod';

/**
 * An error as HTTP APIs tell it: RFC 9457, `application/problem+json`.
 * Use it in a contract for statuses that an operation answers on purpose.
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

export interface ProblemDetails {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** A short, stable sentence: the same for every problem of this type. */
  readonly title: string;
  /** What happened this time, and what the caller can do. Never internals: it is sent to the caller. */
  readonly detail?: string;
  /** A URI that identifies the type. Default: `about:blank`, which means "just the status". */
  readonly type?: string;
  /** Further members of the problem, such as `errors`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Headers that are sent along, such as `retry-after`; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown anywhere in a handler, it becomes the reply: `throw new ProblemError({ status: 409, title: '...' })`. */
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

/** The body of a problem reply; `instance` is the request's id, so that a caller's report leads to its logs. */
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
