import {
  DescribeExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { handle, type SagaResponseClient, type SagaStartClient, saga } from 'cdk-trellis/runtime';
import * as z from 'zod';
import type { FixtureStack } from '../fixtures.js';
import { type Probes, probing } from '../probing.js';

const Order = z.object({ orderId: z.string() });
type Order = z.infer<typeof Order>;

type Client = SagaStartClient<Order> | SagaResponseClient<Order>;

export const probes = ({ stateMachineArn, client }: Client): Probes => {
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:none`;
  const taskToken = 'none';
  return {
    'states:StartExecution': () =>
      client.send(new StartExecutionCommand({ stateMachineArn, input: '{ "orderId": "1" }' })),
    'states:DescribeExecution': () => client.send(new DescribeExecutionCommand({ executionArn })),
    'states:SendTaskSuccess': () => client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' })),
    'states:SendTaskFailure': () => client.send(new SendTaskFailureCommand({ taskToken })),
  };
};

export const start = handle({ it: saga(Order).start }, probing(probes));
export const respond = handle({ it: saga(Order).respond }, probing(probes));

export const resource = ({ trellis, stack }: FixtureStack) =>
  new trellis.Saga(stack, 'Fulfilment', {
    definition: trellis.defineSaga(Order).step('reserve', { do: () => import('../saga-step.js') }),
  });
