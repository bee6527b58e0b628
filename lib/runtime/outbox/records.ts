import { isDeepStrictEqual } from 'node:util';
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { EventDefinition, PublishedEvent } from '../../contract/event.js';
import { entryOf, MAX_ENTRIES } from '../put-events.js';
import { OUTBOX_ATTRIBUTE } from './attribute.js';

/** Maximum of a call, below that of PutEvents. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
const MAX_BYTES = 200 * 1024;

type StreamChange = NonNullable<DynamoDBRecord['dynamodb']>;
type Image = StreamChange['NewImage'];

/** An event to move from the table to the bus. */
export interface Outgoing {
  readonly sequenceNumber: string;
  /** Item with the event. */
  readonly item: OutboxItem;
  /** Ordering key: events of one key, or of one item, are published one after the other. */
  readonly key: string;
  /** Entry to publish, or the reason why the event cannot be written. */
  readonly entry: PutEventsRequestEntry | { readonly unwritable: string };
}

/** Location at which an event can be read again. */
export interface OutboxItem {
  readonly streamArn: string;
  /** Key of the item, in DynamoDB's form. */
  readonly keys: StreamChange['Keys'];
  readonly eventId: string;
}

/**
 * Returns the events in stream records. A record with an unchanged event has none; any change of the event, to repair
 * it or to publish it again, publishes it with the same id.
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

/** Returns the event's id without reading the rest of the event, which another writer may have made unreadable. */
function eventIdIn(image: Image): string | undefined {
  return image?.[OUTBOX_ATTRIBUTE]?.M?.id?.S;
}

/** Returns the entry of an event. A value that JSON cannot represent, such as a number beyond 2^53, affects this event only. */
function writtenEvent(
  { NewImage, Keys }: StreamChange,
  eventBusName: string,
): Pick<Outgoing, 'key' | 'entry'> {
  const itemKey = JSON.stringify(Keys);
  try {
    const attribute = NewImage?.[OUTBOX_ATTRIBUTE];
    const event = unmarshall({ attribute } as never).attribute as PublishedEvent<EventDefinition>;
    return { key: event.key ?? itemKey, entry: entryOf(event, eventBusName) };
  } catch (error) {
    const key = NewImage?.[OUTBOX_ATTRIBUTE]?.M?.key?.S ?? itemKey;
    return { key, entry: { unwritable: (error as Error).message } };
  }
}

/** Splits events into the chunks of one call each, in order, with at most one event of a key per chunk. */
export function chunksOf(events: readonly Outgoing[]): Outgoing[][] {
  const chunks: Outgoing[][] = [];
  let bytes = 0;
  let keys = new Set<string>();
  for (const event of events) {
    const size = 'unwritable' in event.entry ? 0 : Buffer.byteLength(event.entry.Detail as string);
    const current = chunks.at(-1);
    const fits = current && current.length < MAX_ENTRIES && bytes + size <= MAX_BYTES && !keys.has(event.key);
    if (fits) current.push(event);
    else {
      chunks.push([event]);
      bytes = 0;
      keys = new Set();
    }
    bytes += size;
    keys.add(event.key);
  }
  return chunks;
}
