import type { SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import type { EventDefinition } from '../contract/event.js';
import { correlationIdOf, type DeliveredEvent, readEvent } from './event.js';
import { CORRELATION_ATTRIBUTE, ID_ATTRIBUTE } from './message-attributes.js';

/** A message that is not what its worker takes. It is not lost: it lands in the dead-letter queue. */
export class MessageRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MessageRefusedError';
  }
}

/** What is known of a message before it is checked. */
export interface ReceivedMessage {
  readonly correlationId: string;
  /** Checks the message. @throws MessageRefusedError or EventRefusedError when it is not what its worker takes */
  readonly read: () => { readonly value: unknown; readonly id: string };
}

/** Reads messages of a schema, or events that a rule sends to the queue. */
export function messageReader(
  kinds: readonly (z.ZodType | EventDefinition)[],
): (record: SQSRecord) => ReceivedMessage {
  const [first] = kinds;
  return first && '_zod' in first
    ? (record) => messageOf(first, record)
    : (record) => eventOf(kinds as readonly EventDefinition[], record);
}

/**
 * Whether S3 only says that it may send to the queue, when a notification is set up: no message for the worker.
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
      `The message ${messageId} does not match the worker's schema: ${result.error.message}`,
    );
  };
  return { correlationId: attributeOf(record, CORRELATION_ATTRIBUTE) ?? messageId, read };
}

function eventOf(events: readonly EventDefinition[], record: SQSRecord): ReceivedMessage {
  let delivered: DeliveredEvent | undefined;
  try {
    delivered = JSON.parse(record.body);
  } catch {
    // `read` says so.
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
    throw new MessageRefusedError(`The message ${messageId} is not JSON: ${(error as Error).message}`);
  }
}
