import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Aws, Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { allow } from '../../bindings/bindable.js';
import { ScheduledCheck } from '../../observability/scheduled-check.js';
import { jsonata } from './expressions.js';

/** Maximum entries of a page. The result of a task may have 256 KB; an execution in a list has less than 1 KB. */
const PAGE_SIZE = 200;

export const STUCK_ERROR = 'SagaStuck';

/**
 * Adds a half-hourly check for executions that are open for longer than a time.
 *
 * No metric proves that an execution is stuck. `ExecutionTime` has a value when an execution ends. `ExecutionsStarted`
 * less those that ended is a difference within the alarm's window, and a stuck execution began before it.
 * `ApproximateOpenExecutionCount` is of the whole account. The list of open executions with their start is exact.
 * https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 *
 * Each saga has its own check: the alarm names the saga, has its time and topic, and may list only its executions.
 * Executions that wait for a person count, too: their message may have been deleted before the work was done.
 */
export function addStuckCheck(scope: Construct, stateMachine: StateMachine, after: Duration): ScheduledCheck {
  return new ScheduledCheck(scope, 'StuckCheck', {
    description: `Looks for executions of ${scope.node.path} that are open for longer than ${after.toHumanString()}`,
    every: Duration.minutes(30),
    states: stuckStates(after),
    substitutions: {
      Saga: stateMachine.stateMachineArn,
      ListExecutions: `arn:${Aws.PARTITION}:states:::aws-sdk:sfn:listExecutions`,
    },
    statements: [allow('states', ['ListExecutions'], [stateMachine.stateMachineArn])],
  });
}

/** Returns the states of the check, which reads all pages, since the oldest executions come last. */
export function stuckStates(after: Duration): Record<string, object> {
  // A redrive restarts the time, but does not change the start date.
  const since = '$toMillis($exists(RedriveDate) ? RedriveDate : StartDate)';
  const now = '$toMillis($states.context.Execution.StartTime)';
  return {
    'List open executions': {
      Type: 'Task',
      Resource: '${ListExecutions}',
      Arguments: jsonata(
        `{"StateMachineArn": "\${Saga}", "StatusFilter": "RUNNING", "MaxResults": ${PAGE_SIZE}, "NextToken": $states.input.NextToken}`,
      ),
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 3, BackoffRate: 2 }],
      Assign: {
        stuck: jsonata(`[$states.result.Executions[${now} - ${since} > ${after.toMilliseconds()}].Name]`),
      },
      Output: jsonata('{"NextToken": $states.result.NextToken}'),
      Next: 'Is one open for too long?',
    },
    'Is one open for too long?': {
      Type: 'Choice',
      Choices: [
        { Condition: jsonata('$count($stuck) > 0'), Next: 'Stuck' },
        { Condition: jsonata('$exists($states.input.NextToken)'), Next: 'List open executions' },
      ],
      Default: 'Not stuck',
    },
    Stuck: {
      Type: 'Fail',
      Error: STUCK_ERROR,
      Cause: jsonata(`"Open for longer than ${after.toHumanString()}: " & $join($stuck, ", ")`),
    },
    'Not stuck': { Type: 'Succeed' },
  };
}
