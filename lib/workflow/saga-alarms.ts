import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { type StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { addAlarm } from '../observability/alarm.js';
import type { MachinePlan } from './private/machine-plan.js';
import { addStuckCheck } from './private/stuck-check.js';
import type { SagaAlarmProps } from './saga-props.js';

/** Usual maximum duration of a saga, without its waits for responses. */
const USUAL = Duration.minutes(5);

/**
 * Adds four alarms, $0.40 a month. The fourth one of a saga is on executions that are still open; of an express saga it
 * is on timeouts, since it has no list of open executions and ends within five minutes.
 */
export function addSagaAlarms(
  scope: Construct,
  stateMachine: StateMachine,
  queue: IQueue,
  usual: Duration,
  props: SagaAlarmProps,
): Alarm[] {
  const { failures = 0, duration = usual, stuckAfter = duration, topic } = props;
  const name = scope.node.path;
  const period = Duration.minutes(5);
  const to = topic && { topic };
  const alarms = [
    addAlarm(scope, 'WaitingAlarm', {
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 0,
      description: `An execution of ${name} waits for a person: an undo keeps failing, or the execution was stopped. Receive the message, which has the failure and the command that continues the execution: aws sqs receive-message --queue-url ${queue.queueUrl}`,
      runbook: 'parked-undo',
      ...to,
    }),
    addAlarm(scope, 'FailuresAlarm', {
      metric: stateMachine.metricFailed({ period }),
      threshold: failures,
      description: `More than ${failures} executions of ${name} failed for a technical reason in five minutes. The graph of an execution shows the step and its error. With the error SagaUndone its effects are undone; with any other error they are not, and the execution can be redriven.`,
      runbook: 'failed-workflows',
      ...to,
    }),
    addAlarm(scope, 'SlowAlarm', {
      metric: stateMachine.metricTime({ statistic: 'Maximum', period }),
      threshold: duration.toMilliseconds(),
      description: `An execution of ${name} took longer than ${duration.toHumanString()}. Its history shows the step that took the time.`,
      runbook: 'stuck-workflows',
      ...to,
    }),
  ];
  if (stateMachine.stateMachineType !== StateMachineType.EXPRESS) {
    return stuckAfter === false ? alarms : [...alarms, addStuckAlarm(scope, stateMachine, stuckAfter, props)];
  }
  const timedOut = addAlarm(scope, 'TimeoutsAlarm', {
    metric: stateMachine.metricTimedOut({ period }),
    threshold: failures,
    description: `More than ${failures} executions of ${name} did not end within five minutes; their effects are not undone. Their logs show the last step: invoke the undo functions with the same context.`,
    runbook: 'failed-workflows',
    ...to,
  });
  return [...alarms, timedOut];
}

function addStuckAlarm(
  scope: Construct,
  stateMachine: StateMachine,
  after: Duration,
  { topic }: SagaAlarmProps,
): Alarm {
  const check = addStuckCheck(scope, stateMachine, after);
  return check.addAlarm(scope, 'StuckAlarm', Duration.hours(1), {
    description: `An execution of ${scope.node.path} is open for longer than ${after.toHumanString()}, or for an hour no check for such executions could be made (also if it is new, and has none yet). To list them: aws stepfunctions start-sync-execution --query cause --state-machine-arn ${check.stateMachine.stateMachineArn}`,
    runbook: 'stuck-workflows',
    ...(topic && { topic }),
  });
}

export function usualDuration({ nodes }: MachinePlan): Duration {
  const waits = nodes.map((node) => (node.kind === 'callback' ? node.seconds : 0));
  return Duration.seconds(waits.reduce((sum, seconds) => sum + seconds, USUAL.toSeconds()));
}
