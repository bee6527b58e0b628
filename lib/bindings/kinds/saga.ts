import { constructResource, defineKind } from '../kind.js';

/** The state machine of a saga. */
export interface SagaMachine {
  readonly stateMachineArn: string;
  /** Pattern of the ARNs of its executions. */
  readonly executionsArn: string;
}

/** Sagas. */
export const saga = defineKind('saga', {
  resource: constructResource<SagaMachine>('stateMachineArn'),
  accesses: {
    start: [
      { actions: ['states:StartExecution'] },
      { actions: ['states:DescribeExecution'], on: ({ executionsArn }) => [executionsArn] },
    ],
    // IAM supports the token's state machine as the resource, although the service reference omits it.
    respond: [{ actions: ['states:SendTaskSuccess', 'states:SendTaskFailure'] }],
  },
  binding: ({ stateMachineArn, executionsArn }, access) => ({
    value: stateMachineArn,
    ...(access === 'start' && {
      wildcard: { resource: executionsArn, reason: 'The executions of exactly this state machine.' },
    }),
  }),
});
