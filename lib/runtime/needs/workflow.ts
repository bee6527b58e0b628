import { SFNClient } from '@aws-sdk/client-sfn';
import { perRegion } from '../per-region.js';
import { bounded, REQUESTS } from '../sdk.js';
import type { Need } from './need.js';

/** A Step Functions state machine and the SDK's client to call it with. */
export interface WorkflowClient {
  readonly stateMachineArn: string;
  readonly client: SFNClient;
}

const client = /* @__PURE__ */ perRegion((place) => bounded(new SFNClient({ ...REQUESTS, ...place })));

const start: Need<'workflow', 'start', WorkflowClient> = {
  kind: 'workflow',
  access: 'start',
  connect: (stateMachineArn) => ({ stateMachineArn, client: client(stateMachineArn) }),
};

/**
 * Access to a Step Functions state machine. `start`: StartExecution.
 *
 * @example
 * import { StartExecutionCommand } from '@aws-sdk/client-sfn';
 * import { handle, workflow } from 'cdk-trellis/runtime';
 *
 * export const handler = handle({ fulfil: workflow.start }, async (event: { orderId: string }, { fulfil }) => {
 *   const { stateMachineArn } = fulfil;
 *   // The name makes a second start of the same order an error instead of a second execution.
 *   const execution = { stateMachineArn, name: event.orderId, input: JSON.stringify(event) };
 *   await fulfil.client.send(new StartExecutionCommand(execution));
 * });
 */
export const workflow = { start };
