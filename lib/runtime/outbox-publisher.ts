import { Logger } from '@aws-lambda-powertools/logger';
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { EventDefinition, PublishedEvent } from '../contract/event.js';
import { type BusClient, bus } from './bus.js';
import { handle } from './handle.js';
import { OUTBOX_ATTRIBUTE } from './outbox-attribute.js';
import { entryOf, type FailedEntry, MOST_ENTRIES, mayPass, putEvents } from './put-events.js';
import { type QueueClient, queue } from './queue.js';

/** Less than PutEvents takes in one call. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
const MOST_BYTES = 200 * 1024;

/** An event on its way from the table to the bus. */
interface Outgoing {
  readonly sequenceNumber: string;
  readonly event: PublishedEvent<EventDefinition>;
  readonly entry: PutEventsRequestEntry;
}

const logger = /* @__PURE__ */ new Logger();

/**
 * Publishes the events of a table's stream: the function of an `Outbox`.
 *
 * Order is kept within a key: a second event of it goes out only when the first is taken. What EventBridge refuses for
 * good goes, with its data, to the queue for failures, and the rest goes on. When EventBridge cannot be reached, the
 * first event that was not taken is reported: Lambda comes again with it and all that follow.
 */
export const handler = handle(
  { events: bus.publish, refused: queue.send },
  async (
    stream: DynamoDBStreamEvent,
    { events, refused },
    context: Context,
  ): Promise<DynamoDBBatchResponse> => {
    logger.addContext(context);
    for (const chunk of chunksOf(outgoingOf(stream.Records, events.eventBusName))) {
      const failed = await publish(chunk, events, refused);
      if (failed) return { batchItemFailures: [{ itemIdentifier: failed.sequenceNumber }] };
    }
    return { batchItemFailures: [] };
  },
);

/** @returns the first that was not taken although it may be another time */
async function publish(
  chunk: readonly Outgoing[],
  events: BusClient,
  refused: QueueClient,
): Promise<Outgoing | undefined> {
  const failures = await put(chunk, events);
  for (const failure of failures.filter((one) => !mayPass(one))) {
    await setAside(chunk[failure.index] as Outgoing, failure, refused);
  }
  const [first] = failures.filter(mayPass);
  return first && chunk[first.index];
}

async function put(chunk: readonly Outgoing[], { client }: BusClient): Promise<FailedEntry[]> {
  const entries = chunk.map(({ entry }) => entry);
  try {
    return await putEvents(client, entries);
  } catch (error) {
    // The call as a whole has failed. What is wrong with a single event is its own fault, like its size.
    const { name, message } = error as Error;
    logger.error('Events could not be published', { error: error as Error });
    const code = name === 'ValidationException' && chunk.length === 1 ? name : 'InternalFailure';
    return chunk.map((_, index) => ({ index, code, message }));
  }
}

/** Keeps an event that EventBridge will never take, with what it said. */
async function setAside({ event, entry }: Outgoing, failure: FailedEntry, refused: QueueClient) {
  const reason = `${failure.code}: ${failure.message}`;
  logger.error('EventBridge refuses an event', { reason, event: { id: event.id, name: event.name } });
  await refused.client.send(
    new SendMessageCommand({
      QueueUrl: refused.queueUrl,
      MessageBody: JSON.stringify({ refused: reason, putEvents: entry }),
    }),
  );
}

/** The events that the records carry; a record of which the event has not changed carries none. */
function outgoingOf(records: readonly DynamoDBRecord[], eventBusName: string): Outgoing[] {
  return records.flatMap(({ dynamodb }) => {
    const event = eventIn(dynamodb?.NewImage);
    if (!event || event.id === eventIn(dynamodb?.OldImage)?.id) return [];
    return { sequenceNumber: dynamodb?.SequenceNumber as string, event, entry: entryOf(event, eventBusName) };
  });
}

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

function eventIn(image: Image): PublishedEvent<EventDefinition> | undefined {
  const attribute = image?.[OUTBOX_ATTRIBUTE];
  return attribute && (unmarshall({ attribute } as never).attribute as PublishedEvent<EventDefinition>);
}

/** In their order, as many as one call takes, and never two of one key. */
function chunksOf(all: readonly Outgoing[]): Outgoing[][] {
  const chunks: Outgoing[][] = [];
  let bytes = 0;
  let keys = new Set<string | undefined>();
  for (const one of all) {
    const size = Buffer.byteLength(one.entry.Detail as string);
    const current = chunks.at(-1);
    const fits =
      current && current.length < MOST_ENTRIES && bytes + size <= MOST_BYTES && !keys.has(one.event.key);
    if (fits) current.push(one);
    else {
      chunks.push([one]);
      bytes = 0;
      keys = new Set();
    }
    bytes += size;
    keys.add(one.event.key);
  }
  return chunks;
}
