import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { cdkResource, defineKind } from '../kind.js';

/** SQS queues. */
export const queue = defineKind('queue', {
  resource: cdkResource<IQueue>('queueArn'),
  accesses: { send: [{ actions: ['sqs:SendMessage'] }] },
  key: ({ encryptionMasterKey }) => encryptionMasterKey,
  binding: ({ queueUrl }) => ({ value: queueUrl }),
});
