import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { allow, type Bindable, bindable } from './bindable.js';

/** A function with a queue for events of asynchronous invocations that failed. */
interface HasFailureQueue {
  ensureFailureQueue(): void;
}

/** Binds a Lambda function. For asynchronous events, it gets a queue for those that fail. */
export function invokeBinding(target: IFunction & Partial<HasFailureQueue>): Bindable<'invoke'> {
  return bindable('invoke', { call: 'InvokeFunction', send: 'InvokeFunction' }, (access) => ({
    value: target.functionArn,
    resource: target,
    statements: [allow('lambda', ['InvokeFunction'], [target.functionArn])],
    ...(access === 'send' && { granted: () => target.ensureFailureQueue?.() }),
  }));
}

/** Binds a Step Functions state machine. */
export function workflowBinding(stateMachine: IStateMachine): Bindable<'workflow'> {
  return bindable('workflow', { start: 'StartExecution' }, () => ({
    value: stateMachine.stateMachineArn,
    resource: stateMachine,
    statements: [allow('states', ['StartExecution'], [stateMachine.stateMachineArn])],
  }));
}
