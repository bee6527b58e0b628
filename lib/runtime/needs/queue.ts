import { randomUUID } from 'node:crypto';
import { type MessageAttributeValue, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { correlationId } from '../invocation.js';
import { assertJsonSchema, jsonText } from '../json-text.js';
import { CORRELATION_ATTRIBUTE, ID_ATTRIBUTE } from '../message-attributes.js';
import { perRegion, regionOfQueue } from '../per-region.js';
import { bounded, REQUESTS } from '../sdk.js';
import type { Need } from './need.js';

/** An SQS queue and the SDK's client to call it with. */
export interface QueueClient {
  readonly queueUrl: string;
  readonly client: SQSClient;
}

/** Options of sending one message. */
export interface SendOptions {
  /** Group within which order is kept; required for a FIFO queue, and a hint for fair use on other queues. */
  readonly groupId?: string;
  /**
   * Id of the message, which a redrive keeps: a worker with `idempotency()` handles each id once, however often it is
   * sent. At most 128 letters, digits and punctuation marks, so that it can be a deduplication id.
   * @default - a random id for each call of `send`
   */
  readonly id?: string;
  /**
   * Deduplication id for a FIFO queue: SQS accepts a second message with the same one within five minutes, and drops
   * it silently.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
   * @default - the message's `id`: SQS drops only messages with a repeated `id`
   */
  readonly deduplicationId?: string;
  /** Seconds, 0 to 900, until the message can be received. @default - the queue's delay, 0 unless configured */
  readonly delaySeconds?: number;
}

/** An SQS queue to send messages of one schema to. */
export interface MessageSender<Message extends z.ZodType> extends QueueClient {
  /** Type of the messages, for the compiler only: the queue's worker must accept it. */
  readonly message?: z.output<Message>;
  /**
   * Sends a message.
   *
   * @returns the id that SQS gave the message
   * @throws ZodError if the message does not match the schema, Error if JSON cannot represent it
   */
  send(message: z.output<Message>, options?: SendOptions): Promise<{ readonly messageId: string }>;
}

const client = /* @__PURE__ */ perRegion(
  (place) => bounded(new SQSClient({ ...REQUESTS, ...place })),
  regionOfQueue,
);

const send: Need<'queue', 'send', QueueClient> = {
  kind: 'queue',
  access: 'send',
  connect: (queueUrl) => ({ queueUrl, client: client(queueUrl) }),
};

function senderOf<Message extends z.ZodType>(schema: Message, plain: QueueClient): MessageSender<Message> {
  const isFifo = plain.queueUrl.endsWith('.fifo');
  return {
    ...plain,
    async send(message, { groupId, id = randomUUID(), deduplicationId, delaySeconds } = {}) {
      const correlation = correlationId();
      const { MessageId } = await plain.client.send(
        new SendMessageCommand({
          QueueUrl: plain.queueUrl,
          MessageBody: jsonText('The message', z.encode(schema, message)),
          MessageGroupId: groupId,
          MessageDeduplicationId: deduplicationId ?? (isFifo ? id : undefined),
          DelaySeconds: delaySeconds,
          MessageAttributes: {
            [ID_ATTRIBUTE]: textAttribute(id),
            ...(correlation && { [CORRELATION_ATTRIBUTE]: textAttribute(correlation) }),
          },
        }),
      );
      return { messageId: MessageId as string };
    },
  };
}

function textAttribute(value: string): MessageAttributeValue {
  return { DataType: 'String', StringValue: value };
}

/**
 * Access to an SQS queue. `send`: SendMessage and SendMessageBatch.
 *
 * - `queue(Message).send`: a client that sends messages of this schema, as JSON
 * - `queue.send`: the queue's URL and the SDK's client
 *
 * @throws Error if the schema has values that JSON cannot represent, such as a `z.date()`
 * @example
 * import { handle, queue } from 'cdk-trellis/runtime';
 * import * as z from 'zod';
 *
 * const Mail = z.object({ to: z.email(), text: z.string() });
 *
 * export const handler = handle({ mails: queue(Mail).send }, async (event: { to: string }, { mails }) => {
 *   await mails.send({ to: event.to, text: 'Thank you for your order.' });
 * });
 */
export const queue = /* @__PURE__ */ Object.assign(
  <Message extends z.ZodType>(message: Message) => {
    assertJsonSchema('A message of `queue(...)`', message, 'response');
    const typed: Need<'queue', 'send', MessageSender<Message>> = {
      kind: 'queue',
      access: 'send',
      connect: (queueUrl) => senderOf(message, send.connect(queueUrl)),
    };
    return { send: typed };
  },
  { send },
);
