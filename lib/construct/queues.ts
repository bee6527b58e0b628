import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { dataRemovalPolicy } from '../target/ephemeral.js';
import { acknowledge } from './acknowledge.js';
import { definedProps } from './defined-props.js';

/** Returns the defaults of every queue: TLS only, and encryption with the user's KMS key or with SQS's own. */
export function secure({ encryptionMasterKey }: QueueProps = {}): QueueProps {
  return {
    encryption: encryptionMasterKey ? QueueEncryption.KMS : QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  };
}

/**
 * Creates an encrypted dead-letter queue. It keeps messages for 14 days, SQS's maximum: the time to notice a failure,
 * repair it and redrive the messages.
 */
export function deadLetterQueue(scope: Construct, id: string, props: QueueProps = {}): Queue {
  const queue = new Queue(scope, id, {
    ...secure(props),
    retentionPeriod: Duration.days(14),
    removalPolicy: dataRemovalPolicy(scope),
    ...definedProps(props),
  });
  const reason = 'This queue is itself a dead-letter queue; nothing consumes it automatically.';
  acknowledge(queue, { 'AwsSolutions-SQS3': reason, 'Serverless-SQSRedrivePolicy': reason });
  return queue;
}
