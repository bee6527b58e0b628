import { ProblemError } from '../../contract/problem.js';

/**
 * Error of work that another invocation is doing. A `route` returns it as 503 with `Retry-After`; Lambda or SQS retry
 * events, messages and jobs.
 */
export class IdempotencyAlreadyInProgressError extends ProblemError {
  /** Seconds until the key is free if the other invocation has crashed; while it works, it renews its lease. */
  readonly retryAfterSeconds: number;

  constructor(key: string, milliseconds: number) {
    const retryAfterSeconds = Math.max(1, Math.ceil(milliseconds / 1000));
    super({
      status: 503,
      title: 'The same work is in progress',
      detail: 'Try again later.',
      headers: { 'retry-after': String(retryAfterSeconds) },
    });
    this.message = `The work with the key "${key}" is in progress. If its invocation has crashed or timed out (see its log), the key is free in ${retryAfterSeconds} s; while it works, it renews its lease.`;
    this.name = 'IdempotencyAlreadyInProgressError';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Error of finished work whose result could not be recorded. The work is not repeated. */
export class IdempotencyResultNotKeptError extends Error {
  constructor(key: string, reason: string) {
    super(
      `The work with the key "${key}" is done, but its result was not recorded: ${reason}. Return less, or plain data, from the work.`,
    );
    this.name = 'IdempotencyResultNotKeptError';
  }
}
