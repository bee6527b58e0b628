import { createHash } from 'node:crypto';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { ACCOUNT, REGION } from './lambda-context.js';

export interface SqsMessage {
  /** An object is sent as JSON, text as it is. */
  readonly body: unknown;
  /** @default - another one for each message */
  readonly messageId?: string;
  /** How often it was received, this time included. @default 1 */
  readonly receiveCount?: number;
  /** Texts; other types of attributes are rare. @default - none */
  readonly attributes?: Readonly<Record<string, string>>;
  /** The group that keeps its order. @default - the queue's name, where it is a FIFO queue */
  readonly groupId?: string;
}

/**
 * The event that SQS invokes a function with.
 *
 * @param messages what is in the batch: bodies, or bodies and what else is to be known of them
 * @param queueName with `.fifo` at its end it is a FIFO queue. @default 'queue'
 * @example
 * import { sqsEvent } from 'cdk-trellis/testing';
 *
 * const event = sqsEvent([{ body: { orderId: '1' } }, { body: { orderId: '2' }, receiveCount: 3 }]);
 */
export function sqsEvent(messages: readonly SqsMessage[], queueName = 'queue'): SQSEvent {
  return { Records: messages.map((message, at) => recordOf(message, at, queueName)) };
}

function recordOf(message: SqsMessage, at: number, queueName: string): SQSRecord {
  const { messageId = `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`, attributes = {} } = message;
  const body = typeof message.body === 'string' ? message.body : JSON.stringify(message.body);
  const isFifo = queueName.endsWith('.fifo');
  const groupId = message.groupId ?? (isFifo ? queueName : undefined);
  return {
    messageId,
    receiptHandle: `receipt-${at}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount ?? 1),
      SentTimestamp: '1767225600000',
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: '1767225600001',
      ...(groupId !== undefined && { MessageGroupId: groupId }),
      ...(isFifo && { SequenceNumber: String(at).padStart(20, '0'), MessageDeduplicationId: sha256(body) }),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue, dataType: 'String' }]),
    ),
    md5OfBody: createHash('md5').update(body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:${queueName}`,
    awsRegion: REGION,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
