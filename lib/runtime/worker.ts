import {
  BatchProcessor,
  EventType,
  processPartialResponse,
  SqsFifoPartialProcessorAsync,
} from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import type { EventDefinition, EventOf } from '../contract/event.js';
import { correlated } from './correlation.js';
import { doOnce } from './do-once.js';
import { readEvent } from './event.js';
import { type Clients, connection, type Needs } from './need.js';
import { CORRELATION_ATTRIBUTE } from './queue.js';

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
  readonly messageId: string;
  /** How often it was received, this time included. */
  readonly receiveCount: number;
  /** The group of a FIFO queue that it belongs to. */
  readonly groupId: string | undefined;
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

/** A message that is not what its worker takes. It is not lost: it lands in the dead-letter queue. */
export class MessageRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MessageRefusedError';
  }
}

/**
 * Handles the messages of a queue, one call for each: the handler of a `QueueWorker`.
 *
 * A message that fails is received again and in the end lands in the dead-letter queue; the others of its batch are
 * done and do not come back. Of a FIFO queue the messages of one group are handled in order, and those behind
 * a failed one wait for it; other groups go on. With `idempotency()` among the needs a message that was handled is not
 * handled again; of events the event's own id counts, so that one sent twice is handled once.
 *
 * @param message the schema of a message, an event, or several events
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
  const read = readerOf([message].flat() as M[]);
  const logger = new Logger();
  const connected = connection(needs);

  async function handleRecord(record: SQSRecord, context: Context, clients: Clients<N>): Promise<void> {
    const delivery = deliveryOf(record);
    try {
      const { value, key, correlation } = read(record);
      const work = () => run(value, clients, delivery, context);
      await correlated(correlation, () => doOnce(needs, clients, key, work));
    } catch (error) {
      logger.error('The message was not handled', { error: error as Error, ...delivery });
      throw error;
    }
  }

  function handleBatch(event: SQSEvent, context: Context, clients: Clients<N>): Promise<SQSBatchResponse> {
    logger.addContext(context);
    const isFifo = event.Records?.[0]?.eventSourceARN.endsWith('.fifo') ?? false;
    const each = (record: SQSRecord) => handleRecord(record, context, clients);
    // A batch that failed as a whole is reported message by message, too: an error would restart the environment.
    const options = { throwOnFullBatchFailure: false } as const;
    return isFifo
      ? processPartialResponse(event, each, new SqsFifoPartialProcessorAsync(), {
          ...options,
          skipGroupOnError: true,
        })
      : processPartialResponse(event, each, new BatchProcessor(EventType.SQS), options);
  }

  return Object.assign((event: SQSEvent, context: Context) => handleBatch(event, context, connected()), {
    needs,
    with: (own: Clients<N>) => (event: SQSEvent, context?: Context) =>
      handleBatch(event, context ?? ({} as Context), own),
  });
}

interface Read<M extends MessageKind> {
  readonly value: MessageOf<M>;
  /** What makes a second delivery the same. */
  readonly key: string;
  readonly correlation: string;
}

function readerOf<M extends MessageKind>(kinds: readonly M[]): (record: SQSRecord) => Read<M> {
  const [first] = kinds;
  if (first && '_zod' in first) return (record) => readMessage(first, record) as Read<M>;
  return (record) => {
    const event = readEvent(kinds as readonly EventDefinition[], jsonOf(record) as never);
    return { value: event, key: event.id, correlation: event.correlationId } as unknown as Read<M>;
  };
}

function readMessage(schema: z.ZodType, record: SQSRecord) {
  const result = schema.safeParse(jsonOf(record));
  if (!result.success) {
    throw new MessageRefusedError(
      `The message ${record.messageId} is not what its worker takes: ${result.error.message}`,
    );
  }
  const correlation = record.messageAttributes[CORRELATION_ATTRIBUTE]?.stringValue ?? record.messageId;
  return { value: result.data, key: record.messageId, correlation };
}

function jsonOf({ body, messageId }: SQSRecord): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new MessageRefusedError(`The message ${messageId} is not JSON: ${(error as Error).message}`);
  }
}

function deliveryOf({ messageId, attributes }: SQSRecord): Delivery {
  return {
    messageId,
    receiveCount: Number(attributes.ApproximateReceiveCount),
    groupId: attributes.MessageGroupId,
  };
}
