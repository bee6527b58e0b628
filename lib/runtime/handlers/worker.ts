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

/** Kind of a worker's messages: a schema, or events that a rule sends to its queue. */
export type MessageKind = z.ZodType | EventDefinition;

/** Parsed message of a worker. */
export type MessageOf<M extends MessageKind> = M extends EventDefinition
  ? EventOf<M>
  : M extends z.ZodType
    ? z.output<M>
    : never;

/** Metadata of a message. */
export interface Delivery {
  /**
   * Id that is the same in every delivery, also after a redrive; use it as a key of effects elsewhere. It is the id
   * that `queue(Message).send` gave the message, the event's own id, or else SQS's.
   */
  readonly id: string;
  /** Id that SQS gave the message; a redrive changes it. */
  readonly messageId: string;
  /** Number of receipts, including this one. */
  readonly receiveCount: number;
  /** Message group in a FIFO queue. */
  readonly groupId: string | undefined;
  /**
   * Aborted shortly before the function's timeout, when an unfinished message is reported as failed. The handler is not
   * stopped: pass the signal to calls that may hang, as in `fetch(url, { signal })`.
   */
  readonly signal: AbortSignal;
}

/** The Lambda handler of a queue. */
export interface MessageHandler<M extends MessageKind, N extends Needs> {
  (event: SQSEvent, context: Context): Promise<SQSBatchResponse>;
  /** Type of the accepted messages, for the compiler only. */
  readonly takes?: (message: M extends z.ZodType ? z.output<M> : never) => void;
  /** Type of the accepted events, for the compiler only. */
  readonly consumes?: (event: M extends EventDefinition ? EventOf<M> : never) => void;
  readonly needs: N;
  /** Returns the handler with the given clients, for unit tests. */
  with(clients: Clients<N>): (event: SQSEvent, context?: Context) => Promise<SQSBatchResponse>;
}

/**
 * Handles the messages of a queue, one call for each: the handler of a `QueueWorker`.
 *
 * A failed message is received again and finally moved to the dead-letter queue; the finished messages of its batch do
 * not return. A message that is not finished shortly before the function's timeout (a tenth of it, 0.1 to 1 s) counts
 * as failed, and the signal of its delivery is aborted. A crash reports nothing: the whole batch returns.
 *
 * In a FIFO queue the messages of a group are handled in order. Those behind a failed one wait for it; other groups
 * continue. In a batch of more than one, SQS counts that wait as a receipt: leave `batchSize` at 1.
 *
 * With `idempotency()` among the needs a message is handled once, also after a redrive. Its id is the one that
 * `queue(Message).send` gave it, or else SQS's, which a redrive changes; an event has its own id.
 *
 * @param message the schema of a message, an event, or several events
 * @throws Error if the schema has values that JSON cannot represent, such as a `z.date()`: no message could match it
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

  function handleRecord(record: SQSRecord, context: Context, clients: () => Clients<N>, deadline: Deadline) {
    const { correlationId, read } = receive(record);
    return correlated(correlationId, async () => {
      if (isTestOfS3(record)) return logger().info('S3 has tested its permission to send to the queue');
      try {
        const { value, id } = read();
        const delivery = { id, ...deliveryOf(record), signal: deadline.signal };
        const connected = clients();
        const work = () => run(value as MessageOf<M>, connected, delivery, context);
        await deadline.within(() => doOnce(needs, connected, id, work));
      } catch (error) {
        logger().error('The message was not handled', { error: error as Error, ...deliveryOf(record) });
        throw error;
      }
    });
  }

  function handleRecords(event: SQSEvent, context: Context, clients: () => Clients<N>, deadline: Deadline) {
    const isFifo = event.Records?.[0]?.eventSourceARN.endsWith('.fifo') ?? false;
    const each = (record: SQSRecord) => handleRecord(record, context, clients, deadline);
    // A batch in which every message failed is reported message by message, too: an error would restart the environment.
    const options = { throwOnFullBatchFailure: false } as const;
    return isFifo
      ? processPartialResponse(event, each, new SqsFifoPartialProcessorAsync(), {
          ...options,
          skipGroupOnError: true,
        })
      : processPartialResponse(event, each, new BatchProcessor(EventType.SQS), options);
  }

  function handleBatch(
    event: SQSEvent,
    context: Context,
    clients: () => Clients<N>,
  ): Promise<SQSBatchResponse> {
    return invoked(context, undefined, () =>
      withDeadline((deadline) => handleRecords(event, context, clients, deadline)),
    );
  }

  return Object.assign((event: SQSEvent, context: Context) => handleBatch(event, context, connected), {
    needs,
    with: (clients: Clients<N>) => (event: SQSEvent, context?: Context) =>
      handleBatch(event, context ?? ({} as Context), () => clients),
  });
}

function deliveryOf({ messageId, attributes }: SQSRecord): Omit<Delivery, 'id' | 'signal'> {
  return {
    messageId,
    receiveCount: Number(attributes.ApproximateReceiveCount),
    groupId: attributes.MessageGroupId,
  };
}
