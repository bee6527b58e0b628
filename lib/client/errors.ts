/** Reason why a call has no result. */
export type CallErrorKind =
  /** No response: no connection, an unknown host, CORS. */
  | 'network'
  /** No response in time. */
  | 'timeout'
  /** Response that is not in the contract: another status, another content type, a body that does not match its schema. */
  | 'unexpected';

/** Error of a call without a result. An aborted call throws the signal's reason instead. */
export class CallError extends Error {
  constructor(
    readonly kind: CallErrorKind,
    /** Name of the operation in the contract. */
    readonly operation: string,
    message: string,
    /** Unexpected response. */
    readonly response?: { readonly status: number; readonly headers: Headers; readonly text: string },
    cause?: unknown,
  ) {
    super(`${operation}: ${message}`, { cause });
    this.name = 'CallError';
  }
}

interface AnyResult {
  readonly ok: boolean;
  readonly status: number;
  readonly body: unknown;
}

/** Error of `bodyOf` and `paginate` for a response that is not a success. */
export class ResponseError<Result extends AnyResult = AnyResult> extends Error {
  constructor(readonly result: Result) {
    const { title, detail } = (result.body ?? {}) as { title?: string; detail?: string };
    super([`${result.status}`, title, detail].filter(Boolean).join(' - '));
    this.name = 'ResponseError';
  }
}

/**
 * Returns the body of a success, for code that uses exceptions, such as React Query.
 *
 * @throws ResponseError with the result if it is not a success
 */
export function bodyOf<Result extends AnyResult>(result: Result): Extract<Result, { ok: true }>['body'] {
  if (!result.ok) throw new ResponseError(result);
  return result.body;
}
