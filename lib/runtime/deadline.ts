import { currentInvocation } from './invocation.js';

/** The function's time is nearly up: the work is reported as failed, so that it is tried again. */
export class DeadlineError extends Error {
  constructor() {
    super(
      "The work was not finished shortly before the function's timeout and is reported as failed. Find what hangs, or give the function a longer `timeout`.",
    );
    this.name = 'DeadlineError';
  }
}

/** The end of the current invocation, as the work of a batch sees it. */
export interface Deadline {
  /** Aborted shortly before the function's timeout. */
  readonly signal: AbortSignal;
  /** Starts work unless the time is up, and stops waiting for it when the time is up. @throws DeadlineError then */
  readonly within: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/**
 * Runs work that must report before Lambda ends the function: a function that times out reports nothing, and
 * what it has finished counts as failed together with the rest.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 *
 * Without Lambda's context, as in a unit test, there is no deadline.
 */
export async function withDeadline<Result>(work: (deadline: Deadline) => Promise<Result>): Promise<Result> {
  const lifetime = currentInvocation()?.lifetime;
  const controller = new AbortController();
  const { signal } = controller;
  const over = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  // It rejects also when everything has just been finished.
  over.catch(() => {});
  const timer = lifetime && setTimeout(end, Math.max(0, lifetime.endsAt - Date.now()));

  function end(): void {
    if (lifetime) lifetime.isOver = true;
    controller.abort(new DeadlineError());
  }

  function within<Value>(part: () => Promise<Value>): Promise<Value> {
    return signal.aborted ? Promise.reject(signal.reason) : Promise.race([part(), over]);
  }

  try {
    return await work({ signal, within });
  } finally {
    clearTimeout(timer);
  }
}
