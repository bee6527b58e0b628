import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { handle, type WorkflowClient, workflow } from 'cdk-trellis/runtime';
import type { FixtureStack } from '../fixtures.js';
import { type Probes, probing } from '../probing.js';

export const probes = ({ stateMachineArn, client }: WorkflowClient): Probes => ({
  'states:StartExecution': () => client.send(new StartExecutionCommand({ stateMachineArn })),
});

export const start = handle({ it: workflow.start }, probing(probes));

export const resource = ({ cdk, stack }: FixtureStack) => {
  const { DefinitionBody, Pass, StateMachine } = cdk.aws_stepfunctions;
  return new StateMachine(stack, 'Flow', {
    definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Done')),
  });
};

export const imported = ({ cdk, stack }: FixtureStack) =>
  cdk.aws_stepfunctions.StateMachine.fromStateMachineArn(
    stack,
    'Imported',
    'arn:aws:states:us-east-1:222222222222:stateMachine:Flow',
  );
