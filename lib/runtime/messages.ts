import type { SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import type { EventDefinition } from '../contract/event.js';
import { correlationIdOf, type DeliveredEvent, readEvent } from './event.js';
import { CORRELATION_ATTRIBUTE, ID_ATTRIBUTE } from './message-attributes.js';

/** Error of a message that does not match its worker's schema. The message is moved to the dead-letter queue. */
export class MessageRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MessageRefusedError';
  }
}

/** Message before its validation. */
export interface ReceivedMessage {
  readonly correlationId: string;
  /** Validates the message. @throws MessageRefusedError or EventRefusedError if the worker's schemas do not match */
  readonly read: () => { readonly value: unknown; readonly id: string };
}

/** Creates a reader of messages of a schema, or of events that a rule sends to the queue. */
export function messageReader(
  kinds: readonly (z.ZodType | EventDefinition)[],
): (record: SQSRecord) => ReceivedMessage {
  const [first] = kinds;
  return first && '_zod' in first
    ? (record) => messageOf(first, record)
    : (record) => eventOf(kinds as readonly EventDefinition[], record);
}

/**
 * Returns true for the message with which S3 tests its permission when a notification is set up.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function isTestOfS3({ body }: SQSRecord): boolean {
  if (!body.includes('"s3:TestEvent"')) return false;
  try {
    const { Service, Event } = JSON.parse(body);
    return Service === 'Amazon S3' && Event === 's3:TestEvent';
  } catch {
    return false;
  }
}

function messageOf(schema: z.ZodType, record: SQSRecord): ReceivedMessage {
  const { messageId } = record;
  const read = () => {
    const result = schema.safeParse(jsonOf(record));
    if (result.success) return { value: result.data, id: attributeOf(record, ID_ATTRIBUTE) ?? messageId };
    throw new MessageRefusedError(
      `Message ${messageId} does not match the worker's schema: ${result.error.message}`,
    );
  };
  return { correlationId: attributeOf(record, CORRELATION_ATTRIBUTE) ?? messageId, read };
}

function eventOf(events: readonly EventDefinition[], record: SQSRecord): ReceivedMessage {
  let delivered: DeliveredEvent | undefined;
  try {
    delivered = JSON.parse(record.body);
  } catch {
    // `read` reports it.
  }
  const read = () => {
    const event = readEvent(events, jsonOf(record) as DeliveredEvent);
    return { value: event, id: event.id };
  };
  return { correlationId: correlationIdOf(delivered) ?? record.messageId, read };
}

function attributeOf({ messageAttributes }: SQSRecord, name: string): string | undefined {
  return messageAttributes?.[name]?.stringValue;
}

function jsonOf({ body, messageId }: SQSRecord): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new MessageRefusedError(`Message ${messageId} is not JSON: ${(error as Error).message}`);
  }
}
