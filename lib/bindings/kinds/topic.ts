import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { cdkResource, defineKind } from '../kind.js';

/** SNS topics. */
export const topic = defineKind('topic', {
  resource: cdkResource<ITopic>('topicArn'),
  accesses: { publish: [{ actions: ['sns:Publish'] }] },
  key: ({ masterKey }) => masterKey,
  binding: ({ topicArn }) => ({ value: topicArn }),
});
