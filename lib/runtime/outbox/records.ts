import { isDeepStrictEqual } from 'node:util';
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { EventDefinition, PublishedEvent } from '../../contract/event.js';
import { entryOf, MAX_ENTRIES } from '../put-events.js';
import { OUTBOX_ATTRIBUTE } from './attribute.js';

/** Less than PutEvents takes in one call. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
const MAX_BYTES = 200 * 1024;

type StreamChange = NonNullable<DynamoDBRecord['dynamodb']>;
type Image = StreamChange['NewImage'];

/** An event on its way from the table to the bus. */
export interface Outgoing {
  readonly sequenceNumber: string;
  /** The item that carries it. */
  readonly item: OutboxItem;
  /** What keeps the order: events of one key, or of one item, go out one after the other. */
  readonly key: string;
  /** What is published; or why nothing can be. */
  readonly entry: PutEventsRequestEntry | { readonly unwritable: string };
}

/** Where an event can be read again. */
export interface OutboxItem {
  readonly streamArn: string;
  /** The item's key, as DynamoDB has it. */
  readonly keys: StreamChange['Keys'];
  readonly eventId: string;
}

/**
 * The events that the records carry; a record of which the event has not changed carries none. Whoever changes anything in
 * the event, to repair it or to have it published again, gets it published, with the same id.
 */
export function outgoingOf(records: readonly DynamoDBRecord[], eventBusName: string): Outgoing[] {
  return records.flatMap(({ dynamodb = {}, eventSourceARN = '' }) => {
    const { NewImage, OldImage } = dynamodb;
    const eventId = eventIdIn(NewImage);
    const isUnchanged = isDeepStrictEqual(NewImage?.[OUTBOX_ATTRIBUTE], OldImage?.[OUTBOX_ATTRIBUTE]);
    if (eventId === undefined || isUnchanged) return [];
    const item = { streamArn: eventSourceARN, keys: dynamodb.Keys, eventId };
    const sequenceNumber = dynamodb.SequenceNumber as string;
    return [{ sequenceNumber, item, ...writtenEvent(dynamodb, eventBusName) }];
  });
}

/** Read without the rest of the event, which another writer may have made unreadable. */
function eventIdIn(image: Image): string | undefined {
  return image?.[OUTBOX_ATTRIBUTE]?.M?.id?.S;
}

/** What JSON has no form of, such as a number beyond 2^53, is that event's fault only. */
function writtenEvent(
  { NewImage, Keys }: StreamChange,
  eventBusName: string,
): Pick<Outgoing, 'key' | 'entry'> {
  const ofItem = JSON.stringify(Keys);
  try {
    const attribute = NewImage?.[OUTBOX_ATTRIBUTE];
    const event = unmarshall({ attribute } as never).attribute as PublishedEvent<EventDefinition>;
    return { key: event.key ?? ofItem, entry: entryOf(event, eventBusName) };
  } catch (error) {
    const key = NewImage?.[OUTBOX_ATTRIBUTE]?.M?.key?.S ?? ofItem;
    return { key, entry: { unwritable: (error as Error).message } };
  }
}

/** In their order, as many as one call takes, and never two of one key. */
export function chunksOf(all: readonly Outgoing[]): Outgoing[][] {
  const chunks: Outgoing[][] = [];
  let bytes = 0;
  let keys = new Set<string>();
  for (const one of all) {
    const size = 'unwritable' in one.entry ? 0 : Buffer.byteLength(one.entry.Detail as string);
    const current = chunks.at(-1);
    const fits = current && current.length < MAX_ENTRIES && bytes + size <= MAX_BYTES && !keys.has(one.key);
    if (fits) current.push(one);
    else {
      chunks.push([one]);
      bytes = 0;
      keys = new Set();
    }
    bytes += size;
    keys.add(one.key);
  }
  return chunks;
}
