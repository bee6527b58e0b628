import { SNSClient } from '@aws-sdk/client-sns';
import { perRegion } from '../per-region.js';
import { bounded, REQUESTS } from '../sdk.js';
import type { Need } from './need.js';

/** An SNS topic and the SDK's client to call it with. */
export interface TopicClient {
  readonly topicArn: string;
  readonly client: SNSClient;
}

const client = /* @__PURE__ */ perRegion((place) => bounded(new SNSClient({ ...REQUESTS, ...place })));

const publish: Need<'topic', 'publish', TopicClient> = {
  kind: 'topic',
  access: 'publish',
  connect: (topicArn) => ({ topicArn, client: client(topicArn) }),
};

/**
 * Access to an SNS topic. `publish`: Publish and PublishBatch.
 *
 * @example
 * import { PublishCommand } from '@aws-sdk/client-sns';
 * import { handle, topic } from 'cdk-trellis/runtime';
 *
 * export const handler = handle({ news: topic.publish }, async (event: { text: string }, { news }) => {
 *   await news.client.send(new PublishCommand({ TopicArn: news.topicArn, Message: event.text }));
 * });
 */
export const topic = { publish };
