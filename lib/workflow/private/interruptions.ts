import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { UNDONE_ERROR } from './outcome-states.js';

/**
 * Nothing is undone in an execution that somebody stopped, that is a year old, or that ended by an error which no state
 * can catch. It is written down for a person, who has 14 days to let it go on where it was.
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
export function noteInterruptions(scope: Construct, stateMachine: StateMachine, queue: IQueue): Rule {
  const path = (name: string) => EventField.fromPath(`$.detail.${name}`);
  const message = RuleTargetInput.fromObject({
    problem: `The execution was not ended by the saga itself, but is ${path('status')}. What it did is not undone.`,
    execution: path('executionArn'),
    goOn: `aws stepfunctions redrive-execution --execution-arn '${path('executionArn')}'`,
    afterwards: 'Delete this message.',
  });
  return new Rule(scope, 'Interruptions', {
    description: 'Executions of the saga that ended before everything was done or undone',
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
    // A message that cannot be made is kept as it came: the queue is its own dead-letter queue.
    targets: [new SqsQueue(queue, { message, deadLetterQueue: queue })],
  });
}
