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

/** Default retries of a saga's functions. */
export interface DefaultRetries {
  readonly step: Policy;
  readonly undo: Policy;
}

/** Few retries for a step, whose caller waits; more for an undo, whose failure a person must repair. */
const STANDARD: DefaultRetries = { step: { ...SHARED, attempts: 3 }, undo: { ...SHARED, attempts: 8 } };
/** Fewer retries: an express saga must finish and undo everything within five minutes. */
const EXPRESS: DefaultRetries = { step: { ...SHARED, attempts: 2 }, undo: { ...SHARED, attempts: 3 } };

export const defaultRetries = (isExpress: boolean): DefaultRetries => (isExpress ? EXPRESS : STANDARD);

/**
 * Transient errors of Lambda, after which the function may not have run.
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 */
const LAMBDA_ERRORS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

/** Values of the page above; the jitter spreads the retries of many executions. */
const OF_LAMBDA: Retrier = {
  ErrorEquals: LAMBDA_ERRORS,
  IntervalSeconds: 2,
  MaxAttempts: 6,
  BackoffRate: 2,
  JitterStrategy: 'FULL',
};

/** Fewer attempts: an express execution has five minutes in total. */
const EXPRESS_LAMBDA_ATTEMPTS = 3;
const ofLambda = (isExpress: boolean): Retrier =>
  isExpress ? { ...OF_LAMBDA, MaxAttempts: EXPRESS_LAMBDA_ATTEMPTS } : OF_LAMBDA;

/** Returns the retriers of a function. @param finalErrors errors that are not retried */
export function retriers(policy: Policy, isExpress: boolean, finalErrors: readonly string[] = []): Retrier[] {
  const { attempts } = policy;
  return [
    ...(finalErrors.length > 0 ? [{ ErrorEquals: finalErrors, MaxAttempts: 0 }] : []),
    ofLambda(isExpress),
    ...(attempts > 1 ? [{ ErrorEquals: ['States.ALL'], ...pauses(policy), MaxAttempts: attempts - 1 }] : []),
  ];
}

/**
 * Returns the retriers of a message for a person, which is sent again after its timeout. Failed attempts to send it are
 * retried for about half an hour.
 *
 * @param doneError the error with which the person reports that the work is done
 */
export function messageRetriers(doneError: string): Retrier[] {
  const policy: Policy = {
    ...SHARED,
    interval: Duration.seconds(5),
    maxInterval: Duration.minutes(5),
    attempts: 0,
  };
  return [
    { ErrorEquals: [doneError], MaxAttempts: 0 },
    { ErrorEquals: ['States.Timeout'], IntervalSeconds: 1, MaxAttempts: 99_999_999 },
    { ErrorEquals: ['States.ALL'], ...pauses(policy), MaxAttempts: 12 },
  ];
}

/** Retriers of the message of an express execution, which has only seconds for it. */
export const EXPRESS_MESSAGE_RETRIERS: readonly Retrier[] = [
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

/** Returns the maximum seconds of a function of an express saga, including its retries. */
export function maxExpressSeconds(policy: Policy, timeoutSeconds: number): number {
  const { IntervalSeconds, BackoffRate, MaxDelaySeconds } = pauses(policy);
  const { MaxAttempts } = ofLambda(true);
  const pause = (retry: number) => Math.min(IntervalSeconds * BackoffRate ** retry, MaxDelaySeconds);
  return (
    policy.attempts * timeoutSeconds +
    sum(policy.attempts - 1, pause) +
    sum(MaxAttempts, (retry) => 2 ** (retry + 1))
  );
}

function sum(count: number, term: (index: number) => number): number {
  return Array.from({ length: count }, (_, index) => term(index)).reduce((total, value) => total + value, 0);
}
