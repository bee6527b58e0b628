import { type IQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { given } from '../props/given.js';
import { dataRemovalPolicy } from '../target/ephemeral.js';
import { acknowledge } from './acknowledge.js';
import { type AlarmDefinition, type AlarmTarget, addAlarm } from './alarm.js';

/** What every queue of this library has: encryption, by the user's own key where there is one, and TLS only. */
export function secure({ encryptionMasterKey }: QueueProps = {}): QueueProps {
  return {
    encryption: encryptionMasterKey ? QueueEncryption.KMS : QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  };
}

/**
 * A queue for what could not be handled: encrypted, and kept as long as SQS keeps a message, which is the time to
 * notice, repair and send it back.
 */
export function deadLetterQueue(scope: Construct, id: string, props: QueueProps = {}): Queue {
  const queue = new Queue(scope, id, {
    ...secure(props),
    retentionPeriod: Duration.days(14),
    removalPolicy: dataRemovalPolicy(scope),
    ...given(props),
  });
  const reason = 'This is itself where failed messages land; nothing consumes it automatically.';
  acknowledge(queue, { 'AwsSolutions-SQS3': reason, 'Serverless-SQSRedrivePolicy': reason });
  return queue;
}

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
