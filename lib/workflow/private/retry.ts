import { Duration } from 'aws-cdk-lib/core';
import type { RetryPolicy } from '../saga-types.js';

/** A retrier of the Amazon States Language. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL';
}

export type Policy = Required<RetryPolicy>;

const SHARED = { interval: Duration.seconds(1), backoff: 2, maxInterval: Duration.minutes(1) };
/** How often a function is invoked unless the saga says so. */
export interface DefaultRetries {
  readonly step: Policy;
  readonly undo: Policy;
}

/** A step has somebody waiting; an undo has time, and a person who is woken up for it has more to do than wait. */
const STANDARD: DefaultRetries = { step: { ...SHARED, attempts: 3 }, undo: { ...SHARED, attempts: 8 } };
/** Five minutes are for all that is done and undone. */
const EXPRESS: DefaultRetries = { step: { ...SHARED, attempts: 2 }, undo: { ...SHARED, attempts: 3 } };

export const defaultRetries = (isExpress: boolean): DefaultRetries => (isExpress ? EXPRESS : STANDARD);

/**
 * Lambda's own hiccups, after which it may not have run the function.
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 */
const LAMBDA_ERRORS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

/** The numbers are those of the page above; the jitter keeps a thousand executions from coming back at once. */
const OF_LAMBDA: Retrier = {
  ErrorEquals: LAMBDA_ERRORS,
  IntervalSeconds: 2,
  MaxAttempts: 6,
  BackoffRate: 2,
  JitterStrategy: 'FULL',
};

/** An express execution has five minutes for all it does. */
const EXPRESS_LAMBDA_ATTEMPTS = 3;
const ofLambda = (isExpress: boolean): Retrier =>
  isExpress ? { ...OF_LAMBDA, MaxAttempts: EXPRESS_LAMBDA_ATTEMPTS } : OF_LAMBDA;

/** The retriers of a function. @param never errors that are no failures of the function, and final */
export function retriers(policy: Policy, isExpress: boolean, never: readonly string[] = []): Retrier[] {
  const { attempts } = policy;
  return [
    ...(never.length > 0 ? [{ ErrorEquals: never, MaxAttempts: 0 }] : []),
    ofLambda(isExpress),
    ...(attempts > 1 ? [{ ErrorEquals: ['States.ALL'], ...pauses(policy), MaxAttempts: attempts - 1 }] : []),
  ];
}

/**
 * The retriers of a message for a person, which is written again when its time is over. Writing it is tried for about
 * half an hour. @param answer the error by which the person answers
 */
export function writtenInTime(answer: string): Retrier[] {
  const policy: Policy = {
    ...SHARED,
    interval: Duration.seconds(5),
    maxInterval: Duration.minutes(5),
    attempts: 0,
  };
  return [
    { ErrorEquals: [answer], MaxAttempts: 0 },
    { ErrorEquals: ['States.Timeout'], IntervalSeconds: 1, MaxAttempts: 99_999_999 },
    { ErrorEquals: ['States.ALL'], ...pauses(policy), MaxAttempts: 12 },
  ];
}

/** The retriers of a message that an express execution leaves: it has seconds for it. */
export const WRITTEN_DOWN: readonly Retrier[] = [
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 },
];

function pauses({ interval, backoff, maxInterval }: Policy) {
  return {
    IntervalSeconds: interval.toSeconds(),
    BackoffRate: backoff,
    MaxDelaySeconds: maxInterval.toSeconds(),
    JitterStrategy: 'FULL' as const,
  };
}

/** The most seconds that a function of an express saga can take with its retries. */
export function longestOfExpress(policy: Policy, timeoutSeconds: number): number {
  const { IntervalSeconds, BackoffRate, MaxDelaySeconds } = pauses(policy);
  const { MaxAttempts } = ofLambda(true);
  const pause = (at: number) => Math.min(IntervalSeconds * BackoffRate ** at, MaxDelaySeconds);
  return (
    policy.attempts * timeoutSeconds +
    sum(policy.attempts - 1, pause) +
    sum(MaxAttempts, (at) => 2 ** (at + 1))
  );
}

function sum(count: number, term: (at: number) => number): number {
  return Array.from({ length: count }, (_, at) => term(at)).reduce((total, one) => total + one, 0);
}
