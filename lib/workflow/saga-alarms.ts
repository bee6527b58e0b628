import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { type StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { addAlarm } from '../observability/alarm.js';
import type { MachinePlan } from './private/machine-plan.js';
import type { SagaAlarmProps } from './saga-props.js';

/** What a saga usually takes at most, besides its waits for answers. */
const USUAL = Duration.minutes(5);

/**
 * Three alarms, $0.30 a month; an express saga has a fourth, since no message tells of its timeouts. CloudWatch has no
 * metric of the oldest execution that is open; but steps have timeouts, and what waits without one has a message.
 */
export function addSagaAlarms(
  scope: Construct,
  stateMachine: StateMachine,
  queue: IQueue,
  usual: Duration,
  props: SagaAlarmProps,
): Alarm[] {
  const { failures = 0, duration = usual, topic } = props;
  const name = scope.node.path;
  const period = Duration.minutes(5);
  const to = topic && { topic };
  const alarms = [
    addAlarm(scope, 'WaitingAlarm', {
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 0,
      description: `An execution of ${name} waits for a person: an undo keeps failing, or the execution was stopped. Receive the message, which says what happened and has the command by which it goes on: aws sqs receive-message --queue-url ${queue.queueUrl}`,
      runbook: 'parked-undo',
      ...to,
    }),
    addAlarm(scope, 'FailuresAlarm', {
      metric: stateMachine.metricFailed({ period }),
      threshold: failures,
      description: `More than ${failures} executions of ${name} failed for a technical reason in five minutes. The graph of an execution shows the step and its error. With the error SagaUndone what it did is undone; with any other one it is not, and the execution can be redriven.`,
      runbook: 'failed-workflows',
      ...to,
    }),
    addAlarm(scope, 'SlowAlarm', {
      metric: stateMachine.metricTime({ statistic: 'Maximum', period }),
      threshold: duration.toMilliseconds(),
      description: `An execution of ${name} took longer than ${duration.toHumanString()}. Look in its history for the step that took the time.`,
      runbook: 'stuck-workflows',
      ...to,
    }),
  ];
  if (stateMachine.stateMachineType !== StateMachineType.EXPRESS) return alarms;
  const timedOut = addAlarm(scope, 'TimeoutsAlarm', {
    metric: stateMachine.metricTimedOut({ period }),
    threshold: failures,
    description: `More than ${failures} executions of ${name} did not end within five minutes; what they did is not undone. Their logs show how far they came: invoke the undo functions with what they had.`,
    runbook: 'failed-workflows',
    ...to,
  });
  return [...alarms, timedOut];
}

export function usualDuration({ nodes }: MachinePlan): Duration {
  const waits = nodes.map((node) => (node.kind === 'callback' ? node.seconds : 0));
  return Duration.seconds(waits.reduce((sum, seconds) => sum + seconds, USUAL.toSeconds()));
}
