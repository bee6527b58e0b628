import { ProblemError } from '../../contract/problem.js';

/**
 * The same work is being done by another invocation. In a `route` it becomes 503 with `Retry-After`; events, messages
 * and jobs are tried again by Lambda or SQS.
 */
export class IdempotencyAlreadyInProgressError extends ProblemError {
  /** Seconds until the key is free if the other invocation has crashed: it renews its lease while it works. */
  readonly retryAfterSeconds: number;

  constructor(key: string, milliseconds: number) {
    const retryAfterSeconds = Math.max(1, Math.ceil(milliseconds / 1000));
    super({
      status: 503,
      title: 'The same work is in progress',
      detail: 'Try again later.',
      headers: { 'retry-after': String(retryAfterSeconds) },
    });
    this.message = `The work of the key "${key}" was begun before and has not ended. If that invocation has crashed or timed out (see its log), the key is free in ${retryAfterSeconds} s; while it works, it renews its lease.`;
    this.name = 'IdempotencyAlreadyInProgressError';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The work was done before, and it is not done again; its result could not be remembered. */
export class IdempotencyResultNotKeptError extends Error {
  constructor(key: string, reason: string) {
    super(
      `The work of the key "${key}" was done before, but its result was not kept: ${reason}. Return less, or plain data, from the work.`,
    );
    this.name = 'IdempotencyResultNotKeptError';
  }
}
