import type { Context } from 'aws-lambda';

/** Account and region of the events. */
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

/** Options of `lambdaContext`. */
export interface ContextOptions extends Partial<Omit<Context, 'getRemainingTimeInMillis'>> {
  /** Remaining time of the invocation in milliseconds. @default 10000 */
  readonly remainingMilliseconds?: number;
}

/**
 * Creates the context of an invocation.
 *
 * @example
 * import { lambdaContext } from 'cdk-trellis/testing';
 *
 * const context = lambdaContext({ functionName: 'place-order', remainingMilliseconds: 500 });
 */
export function lambdaContext({ remainingMilliseconds = 10_000, ...options }: ContextOptions = {}): Context {
  const { functionName = 'test', functionVersion = '$LATEST' } = options;
  const absent = () => {
    throw new Error('The context of Node.js 24 has no callbacks: return a promise of the result instead');
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion,
    invokedFunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${functionName}`,
    memoryLimitInMB: '256',
    awsRequestId: '00000000-0000-4000-8000-000000000000',
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `2026/01/01/[${functionVersion}]00000000000000000000000000000000`,
    getRemainingTimeInMillis: () => remainingMilliseconds,
    done: absent,
    fail: absent,
    succeed: absent,
    ...options,
  };
}
