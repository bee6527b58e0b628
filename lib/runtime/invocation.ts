import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from 'aws-lambda';

/** Invocation, or one message of a batch. Its state ends with it: a warm environment keeps nothing. */
export interface Invocation {
  readonly context: Partial<Context> | undefined;
  readonly correlationId: string | undefined;
  readonly isColdStart: boolean;
  /** Shared by all messages of a batch. Undefined without Lambda's context. */
  readonly lifetime: Lifetime | undefined;
}

/** Time limit of an invocation. */
export interface Lifetime {
  /** Time at which the work must have ended, shortly before the function's timeout (milliseconds since 1970). */
  readonly endsAt: number;
  /** True once unfinished work was reported as failed. It may still run here while a retry runs elsewhere. */
  isOver: boolean;
}

const invocations = /* @__PURE__ */ new AsyncLocalStorage<Invocation>();

/** The request id of the first invocation of this environment. */
let firstRequestId: string | undefined;

/**
 * Runs the work of an invocation with its own logger, correlation id and deadline.
 *
 * @param context undefined or empty in a unit test
 */
export function invoked<Result>(
  context: Partial<Context> | undefined,
  correlationId: string | undefined,
  work: () => Result,
): Result {
  firstRequestId ??= context?.awsRequestId;
  const isColdStart = firstRequestId !== undefined && firstRequestId === context?.awsRequestId;
  return invocations.run({ context, correlationId, isColdStart, lifetime: lifetimeOf(context) }, work);
}

/** Runs work under a correlation id, which the events and messages it publishes carry. */
export function correlated<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
  const current = invocations.getStore() ?? { context: undefined, isColdStart: false, lifetime: undefined };
  return invocations.run({ ...current, correlationId: id }, work);
}

/** Returns the correlation id of the event, message or request being handled, else the id of the trace. */
export function correlationId(): string | undefined {
  return (
    invocations.getStore()?.correlationId ?? /Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? '')?.[1]
  );
}

/** Returns the invocation that the calling code belongs to. */
export function currentInvocation(): Invocation | undefined {
  return invocations.getStore();
}

/** Returns Lambda's context of the current invocation; undefined outside of one, and in unit tests that pass none. */
export function invocationContext(): Context | undefined {
  const context = invocations.getStore()?.context;
  return context?.getRemainingTimeInMillis ? (context as Context) : undefined;
}

const MIN_MARGIN = 100;
const MAX_MARGIN = 1000;

/**
 * Returns the time limit of an invocation. A tenth of the function's time, 0.1 to 1 s, is reserved for reporting
 * unfinished work. The report takes a few milliseconds, but a function of 128 MB has a fourteenth of a core, and a
 * garbage collection or a slow synchronous step delays the timer.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
function lifetimeOf(context: Partial<Context> | undefined): Lifetime | undefined {
  const remaining = context?.getRemainingTimeInMillis?.();
  if (remaining === undefined) return undefined;
  const margin = Math.min(MAX_MARGIN, Math.max(MIN_MARGIN, remaining / 10));
  return { endsAt: Date.now() + remaining - margin, isOver: false };
}
