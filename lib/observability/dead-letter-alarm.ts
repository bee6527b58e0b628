import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type AlarmDefinition, type AlarmTarget, addAlarm } from './alarm.js';

export interface DeadLetterAlarmProps extends AlarmTarget {
  /** How many may lie there before the alarm is on. @default 0 */
  readonly deadLetters?: number;
}

/** An alarm for as long as something lies in the queue. $0.10 a month. */
export function addDeadLetterAlarm(
  scope: Construct,
  queue: IQueue,
  props: DeadLetterAlarmProps,
  what: string,
) {
  return addQueueAlarm(scope, 'DeadLettersAlarm', queue, props, {
    description: `${what} Read one with its error in the logs, repair the cause, then \`npx trellis redrive ${scope.node.path}\`.`,
    runbook: 'dead-letters',
  });
}

/** An alarm for as long as more lies in a queue than may, with what it says of itself. */
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
