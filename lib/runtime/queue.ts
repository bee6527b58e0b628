import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { correlationId } from './correlation.js';
import type { Need } from './need.js';
import { once } from './once.js';
import { REQUESTS } from './sdk.js';

/** An SQS queue and the SDK's client to call it with. */
export interface QueueClient {
  readonly queueUrl: string;
  readonly client: SQSClient;
}

export interface SendOptions {
  /** The group that keeps its order; required for a FIFO queue, and on others a hint for fair use. */
  readonly groupId?: string;
  /**
   * For a FIFO queue: a message with the same id within five minutes is not sent again.
   * @default - the hash of the message, where the queue is a QueueWorker's
   */
  readonly deduplicationId?: string;
  /** Seconds, 0 to 900, until the message can be received. @default - the queue's own, 0 unless set otherwise */
  readonly delaySeconds?: number;
}

/** An SQS queue that messages of one kind are sent to. */
export interface MessageSender<Message extends z.ZodType> extends QueueClient {
  /** Only for the compiler: what is sent, which the queue's worker must take. */
  readonly message?: z.output<Message>;
  /**
   * Sends a message.
   *
   * @returns the id that SQS gave it
   * @throws ZodError when the message is not what the schema says
   */
  send(message: z.output<Message>, options?: SendOptions): Promise<{ readonly messageId: string }>;
}

/** The message attribute with the id of what a message follows from. */
export const CORRELATION_ATTRIBUTE = 'correlationId';

const client = /* @__PURE__ */ once(() => new SQSClient(REQUESTS));

const send: Need<'queue', 'send', QueueClient> = {
  kind: 'queue',
  access: 'send',
  connect: (queueUrl) => ({ queueUrl, client: client() }),
};

function senderOf<Message extends z.ZodType>(schema: Message, plain: QueueClient): MessageSender<Message> {
  return {
    ...plain,
    async send(message, { groupId, deduplicationId, delaySeconds } = {}) {
      const correlation = correlationId();
      const { MessageId } = await plain.client.send(
        new SendMessageCommand({
          QueueUrl: plain.queueUrl,
          MessageBody: JSON.stringify(z.encode(schema, message)),
          MessageGroupId: groupId,
          MessageDeduplicationId: deduplicationId,
          DelaySeconds: delaySeconds,
          ...(correlation && {
            MessageAttributes: {
              [CORRELATION_ATTRIBUTE]: { DataType: 'String', StringValue: correlation },
            },
          }),
        }),
      );
      return { messageId: MessageId as string };
    },
  };
}

/**
 * Access to an SQS queue. `send`: SendMessage and SendMessageBatch.
 *
 * - `queue(Message).send` gives a client that sends messages of this schema
 * - `queue.send` gives the queue's URL and the SDK's client
 *
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
    const typed: Need<'queue', 'send', MessageSender<Message>> = {
      kind: 'queue',
      access: 'send',
      connect: (queueUrl) => senderOf(message, send.connect(queueUrl)),
    };
    return { send: typed };
  },
  { send },
);
