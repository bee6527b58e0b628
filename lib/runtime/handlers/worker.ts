import {
  BatchProcessor,
  EventType,
  processPartialResponse,
  SqsFifoPartialProcessorAsync,
} from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import type { EventDefinition, EventOf } from '../../contract/event.js';
import { type Deadline, withDeadline } from '../deadline.js';
import { doOnce } from '../idempotency/do-once.js';
import { correlated, invoked } from '../invocation.js';
import { assertJsonSchema } from '../json-text.js';
import { logger } from '../logger.js';
import { isTestOfS3, messageReader } from '../messages.js';
import { type Clients, connection, type Needs } from '../needs/need.js';

/** What a worker's messages are: a schema, or events that a rule sends to its queue. */
export type MessageKind = z.ZodType | EventDefinition;

/** A message as its worker gets it. */
export type MessageOf<M extends MessageKind> = M extends EventDefinition
  ? EventOf<M>
  : M extends z.ZodType
    ? z.output<M>
    : never;

/** What SQS knows of a message. */
export interface Delivery {
  /**
   * The same in every delivery, also after a redrive, as a key of effects elsewhere: the id that `queue(Message).send`
   * gave the message, the event's own id, or else SQS's.
   */
  readonly id: string;
  /** The id that SQS gave the message; a redrive gives it a new one. */
  readonly messageId: string;
  /** How often it was received, this time included. */
  readonly receiveCount: number;
  /** The group of a FIFO queue that it belongs to. */
  readonly groupId: string | undefined;
  /**
   * Aborted shortly before the function's timeout, when a message that is not finished is reported as failed. The
   * handler is not stopped: give the signal to what may hang, as in `fetch(url, { signal })`.
   */
  readonly signal: AbortSignal;
}

/** The Lambda handler of a queue. */
export interface MessageHandler<M extends MessageKind, N extends Needs> {
  (event: SQSEvent, context: Context): Promise<SQSBatchResponse>;
  /** Only for the compiler: what a sender may send. */
  readonly takes?: (message: M extends z.ZodType ? z.output<M> : never) => void;
  /** Only for the compiler: the events it can be given. */
  readonly consumes?: (event: M extends EventDefinition ? EventOf<M> : never) => void;
  readonly needs: N;
  /** The same handler with clients of your own, for unit tests. */
  with(clients: Clients<N>): (event: SQSEvent, context?: Context) => Promise<SQSBatchResponse>;
}

/**
 * Handles the messages of a queue, one call for each: the handler of a `QueueWorker`.
 *
 * A message that fails is received again and in the end lands in the dead-letter queue; the others of its batch are
 * done and do not come back. A message that is not finished shortly before the function's timeout (a tenth of it, 0.1 to
 * 1 s) counts as failed, and the signal of its delivery is aborted. A crash reports nothing: the whole batch comes again.
 *
 * Of a FIFO queue the messages of one group are handled in order, and those behind a failed one wait for it; other groups
 * go on. In a batch of more than one, SQS counts that wait as a receipt: leave `batchSize` at 1.
 *
 * With `idempotency()` among the needs a message that was handled is not handled again, also after a redrive: it is known
 * by the id that `queue(Message).send` gave it, or else by SQS's own, which a redrive changes; an event by its own id.
 *
 * @param message the schema of a message, an event, or several events
 * @throws Error when the schema has something that JSON has no form of, such as a `z.date()`: no message could match it
 * @param needs an object literal: the construct that deploys the handler reads it from the source
 * @example
 * import { idempotency, worker } from 'cdk-trellis/runtime';
 * import * as z from 'zod';
 *
 * export const Mail = z.object({ to: z.email(), text: z.string() });
 *
 * export const handler = worker(Mail, { once: idempotency() }, async ({ to, text }) => {
 *   console.log(`to ${to}: ${text}`);
 * });
 */
export function worker<M extends MessageKind, const N extends Needs>(
  message: M | readonly M[],
  needs: N,
  run: (message: MessageOf<M>, clients: Clients<N>, delivery: Delivery, context: Context) => Promise<void>,
): MessageHandler<M, N> {
  for (const kind of [message].flat()) {
    if ('_zod' in kind) assertJsonSchema('A message of `worker(...)`', kind, 'request');
  }
  const receive = messageReader([message].flat() as M[]);
  const connected = connection(needs);

  function handleRecord(record: SQSRecord, context: Context, clients: Clients<N>, deadline: Deadline) {
    const { correlationId, read } = receive(record);
    return correlated(correlationId, async () => {
      if (isTestOfS3(record)) return logger().info('S3 has tested that it may send to the queue');
      try {
        const { value, id } = read();
        const delivery = { id, ...deliveryOf(record), signal: deadline.signal };
        const work = () => run(value as MessageOf<M>, clients, delivery, context);
        await deadline.within(() => doOnce(needs, clients, id, work));
      } catch (error) {
        logger().error('The message was not handled', { error: error as Error, ...deliveryOf(record) });
        throw error;
      }
    });
  }

  function handleRecords(event: SQSEvent, context: Context, clients: Clients<N>, deadline: Deadline) {
    const isFifo = event.Records?.[0]?.eventSourceARN.endsWith('.fifo') ?? false;
    const each = (record: SQSRecord) => handleRecord(record, context, clients, deadline);
    // A batch that failed as a whole is reported message by message, too: an error would restart the environment.
    const options = { throwOnFullBatchFailure: false } as const;
    return isFifo
      ? processPartialResponse(event, each, new SqsFifoPartialProcessorAsync(), {
          ...options,
          skipGroupOnError: true,
        })
      : processPartialResponse(event, each, new BatchProcessor(EventType.SQS), options);
  }

  function handleBatch(event: SQSEvent, context: Context, clients: Clients<N>): Promise<SQSBatchResponse> {
    return invoked(context, undefined, () =>
      withDeadline((deadline) => handleRecords(event, context, clients, deadline)),
    );
  }

  return Object.assign((event: SQSEvent, context: Context) => handleBatch(event, context, connected()), {
    needs,
    with: (own: Clients<N>) => (event: SQSEvent, context?: Context) =>
      handleBatch(event, context ?? ({} as Context), own),
  });
}

function deliveryOf({ messageId, attributes }: SQSRecord): Omit<Delivery, 'id' | 'signal'> {
  return {
    messageId,
    receiveCount: Number(attributes.ApproximateReceiveCount),
    groupId: attributes.MessageGroupId,
  };
}
