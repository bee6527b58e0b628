import { SQSClient } from '@aws-sdk/client-sqs';
import type { Need } from './need.js';
import { once } from './once.js';
import { REQUESTS } from './sdk.js';

/** An SQS queue and the SDK's client to call it with. */
export interface QueueClient {
  readonly queueUrl: string;
  readonly client: SQSClient;
}

const client = /* @__PURE__ */ once(() => new SQSClient(REQUESTS));

const send: Need<'queue', 'send', QueueClient> = {
  kind: 'queue',
  access: 'send',
  connect: (queueUrl) => ({ queueUrl, client: client() }),
};

/**
 * Access to an SQS queue. `send`: SendMessage and SendMessageBatch.
 *
 * @example
 * import { SendMessageCommand } from '@aws-sdk/client-sqs';
 * import { handle, queue } from 'cdk-trellis/runtime';
 *
 * export const handler = handle({ work: queue.send }, async (event: object, { work }) => {
 *   await work.client.send(new SendMessageCommand({ QueueUrl: work.queueUrl, MessageBody: JSON.stringify(event) }));
 * });
 */
export const queue = { send };
