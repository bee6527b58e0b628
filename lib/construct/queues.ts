import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { dataRemovalPolicy } from '../target/ephemeral.js';
import { acknowledge } from './acknowledge.js';
import { definedProps } from './defined-props.js';

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
    ...definedProps(props),
  });
  const reason = 'This is itself where failed messages land; nothing consumes it automatically.';
  acknowledge(queue, { 'AwsSolutions-SQS3': reason, 'Serverless-SQSRedrivePolicy': reason });
  return queue;
}
