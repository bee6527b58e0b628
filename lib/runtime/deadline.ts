import { currentInvocation } from './invocation.js';

/** Error of work that is reported as failed because the function's timeout is near, so that it is retried. */
export class DeadlineError extends Error {
  constructor() {
    super(
      "The work did not finish before the function's timeout and is reported as failed. Find the call that hangs, or raise the function's `timeout`.",
    );
    this.name = 'DeadlineError';
  }
}

/** Deadline of the current invocation, shared by the work of a batch. */
export interface Deadline {
  /** Aborted shortly before the function's timeout. */
  readonly signal: AbortSignal;
  /** Starts work and waits for it until the deadline. @throws DeadlineError at the deadline, and for work after it */
  readonly within: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/**
 * Runs work with a deadline shortly before the function's timeout. A function that times out reports nothing, so its
 * finished work would count as failed, too.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 *
 * Without Lambda's context, as in a unit test, work has no deadline.
 */
export async function withDeadline<Result>(work: (deadline: Deadline) => Promise<Result>): Promise<Result> {
  const lifetime = currentInvocation()?.lifetime;
  const controller = new AbortController();
  const { signal } = controller;
  const expired = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  // The promise also rejects after the work has finished: that must not be an unhandled rejection.
  expired.catch(() => {});
  const timer = lifetime && setTimeout(end, Math.max(0, lifetime.endsAt - Date.now()));

  function end(): void {
    if (lifetime) lifetime.isOver = true;
    controller.abort(new DeadlineError());
  }

  function within<Value>(part: () => Promise<Value>): Promise<Value> {
    return signal.aborted ? Promise.reject(signal.reason) : Promise.race([part(), expired]);
  }

  try {
    return await work({ signal, within });
  } finally {
    clearTimeout(timer);
  }
}
