import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { cdkResource, defineKind, type Grant } from '../kind.js';

/** A function with a queue for events of asynchronous invocations that failed. */
interface HasFailureQueue {
  ensureFailureQueue(): void;
}

const invocation: Grant<IFunction> = { actions: ['lambda:InvokeFunction'] };

/** Lambda functions. A function that is sent asynchronous events gets a queue for those that fail. */
export const invoke = defineKind('invoke', {
  resource: cdkResource<IFunction>('functionArn'),
  accesses: { call: [invocation], send: [invocation] },
  binding: (target, access) => ({
    value: target.functionArn,
    ...(access === 'send' && {
      granted: () => (target as Partial<HasFailureQueue>).ensureFailureQueue?.(),
    }),
  }),
});
