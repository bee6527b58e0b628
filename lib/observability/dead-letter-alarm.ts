import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type AlarmDefinition, type AlarmTarget, addAlarm } from './alarm.js';

export interface DeadLetterAlarmProps extends AlarmTarget {
  /** Number of messages above which the alarm is on. @default 0 */
  readonly deadLetters?: number;
}

/** Adds an alarm that is on while the queue has messages. $0.10 a month. */
export function addDeadLetterAlarm(
  scope: Construct,
  queue: IQueue,
  props: DeadLetterAlarmProps,
  description: string,
) {
  return addQueueAlarm(scope, 'DeadLettersAlarm', queue, props, {
    description: `${description} Read one with its error in the logs, repair the cause, then \`npx trellis redrive ${scope.node.path}\`.`,
    runbook: 'dead-letters',
  });
}

/** Adds an alarm that is on while a queue has more than `deadLetters` messages. */
export function addQueueAlarm(
  scope: Construct,
  id: string,
  queue: IQueue,
  { deadLetters = 0, topic }: DeadLetterAlarmProps,
  about: Pick<AlarmDefinition, 'description' | 'runbook'>,
) {
  return addAlarm(scope, id, {
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
    threshold: deadLetters,
    ...about,
    ...(topic && { topic }),
  });
}
