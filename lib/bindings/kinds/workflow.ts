import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { cdkResource, defineKind } from '../kind.js';

/** Step Functions state machines. */
export const workflow = defineKind('workflow', {
  resource: cdkResource<IStateMachine>('stateMachineArn'),
  accesses: { start: [{ actions: ['states:StartExecution'] }] },
  binding: ({ stateMachineArn }) => ({ value: stateMachineArn }),
});
