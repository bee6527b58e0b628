import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Arn, ArnFormat, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { allow, type Bindable, bindable } from '../../bindings/bindable.js';
import type { EventDefinition } from '../../contract/event.js';
import type { FailureOptions } from '../../function/base-function-options.js';
import { HandlerFunction } from '../../function/handler-function.js';
import { libraryHandler } from '../../handler/library-entry.js';
import type { StarterOptions } from '../../runtime/workflow-starter.js';

export interface StarterProps {
  readonly stateMachine: IStateMachine;
  /** True for a saga of this library. */
  readonly isSaga: boolean;
  readonly events: readonly EventDefinition[];
  readonly failures: FailureOptions;
}

/**
 * Creates the function that starts a workflow with an event's data and a name:
 * `docs/adr/0010-events-start-workflows-by-name.md` compares it with a rule and with an express workflow.
 */
export function createStarter(scope: Construct, props: StarterProps): HandlerFunction {
  const { stateMachine, isSaga, events, failures } = props;
  const starts: StarterOptions = {
    events: events.map(({ name, source, version }) => ({ name, source, version })),
    isSaga,
  };
  return new HandlerFunction(scope, 'Function', {
    description: `Starts ${stateMachine.node.path} with ${events[0]?.name}`,
    handler: libraryHandler('runtime/workflow-starter'),
    bind: { workflow: startable(scope, stateMachine) },
    environment: { STARTS: JSON.stringify(starts) },
    failures,
  } as never);
}

/** Returns the permission to start it, and to compare the input of an execution with the same name. */
function startable(scope: Construct, machine: IStateMachine): Bindable<'workflow'> {
  const { stateMachineArn } = machine;
  const executions = executionsOf(scope, machine);
  return bindable('workflow', { start: 0 }, () => ({
    value: stateMachineArn,
    statements: [
      allow('states', ['StartExecution'], [stateMachineArn]),
      allow('states', ['DescribeExecution'], [executions]),
    ],
    wildcard: { resource: executions, reason: 'The executions of exactly this state machine.' },
  }));
}

/** Returns the ARN of its executions; the machine may be in another region than the hub. */
function executionsOf(scope: Construct, { stateMachineArn, env }: IStateMachine): string {
  const { region, account, resourceName } = Arn.split(stateMachineArn, ArnFormat.COLON_RESOURCE_NAME);
  const place = Token.isUnresolved(stateMachineArn) ? env : { region, account };
  return Stack.of(scope).formatArn({
    ...(place.region && { region: place.region }),
    ...(place.account && { account: place.account }),
    service: 'states',
    resource: 'execution',
    resourceName: `${resourceName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
