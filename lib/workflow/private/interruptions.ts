import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { UNDONE_ERROR } from './outcome-states.js';

/**
 * Sends a message for each execution that ended without undoing anything: it was stopped, is a year old, or ended by an
 * error that no state can catch. A person has 14 days to redrive it.
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
export function reportInterruptions(scope: Construct, stateMachine: StateMachine, queue: IQueue): Rule {
  const path = (name: string) => EventField.fromPath(`$.detail.${name}`);
  const message = RuleTargetInput.fromObject({
    problem: `The execution ended as ${path('status')}, not by a state of the saga. Its effects are not undone.`,
    execution: path('executionArn'),
    goOn: `aws stepfunctions redrive-execution --execution-arn '${path('executionArn')}'`,
    afterwards: 'Delete this message.',
  });
  return new Rule(scope, 'Interruptions', {
    description: 'Executions of the saga that ended before all steps were done or undone',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: [stateMachine.stateMachineArn],
        $or: [
          { status: ['ABORTED', 'TIMED_OUT'] },
          { status: ['FAILED'], error: [{ 'anything-but': [UNDONE_ERROR] }] },
        ],
      },
    },
    // A message that cannot be rendered is kept as the event: the queue is its own dead-letter queue.
    targets: [new SqsQueue(queue, { message, deadLetterQueue: queue })],
  });
}
