/** Why a call has no result. */
export type CallErrorKind =
  /** No answer: no connection, a name that is not found, CORS. */
  | 'network'
  /** No answer in time. */
  | 'timeout'
  /** An answer that the contract does not have: another status, another content type, a body that breaks its schema. */
  | 'unexpected';

/** Thrown when a call has no result. What a caller aborts is thrown as the signal's reason instead. */
export class CallError extends Error {
  constructor(
    readonly kind: CallErrorKind,
    /** The operation, as the contract calls it. */
    readonly operation: string,
    message: string,
    /** Of an unexpected answer. */
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

/** Thrown by `bodyOf` and `paginate` for a result that is no success. */
export class RefusedError<Result extends AnyResult = AnyResult> extends Error {
  constructor(readonly result: Result) {
    const { title, detail } = (result.body ?? {}) as { title?: string; detail?: string };
    super([`${result.status}`, title, detail].filter(Boolean).join(' - '));
    this.name = 'RefusedError';
  }
}

/**
 * The body of a success, for code that wants exceptions, such as React Query.
 *
 * @throws RefusedError with the result when it is no success
 */
export function bodyOf<Result extends AnyResult>(result: Result): Extract<Result, { ok: true }>['body'] {
  if (!result.ok) throw new RefusedError(result);
  return result.body;
}
