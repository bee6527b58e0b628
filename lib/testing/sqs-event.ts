import { createHash } from 'node:crypto';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { ACCOUNT, REGION } from './lambda-context.js';

/** Message of `sqsEvent`. */
export interface SqsMessage {
  /** Body; an object is sent as JSON, text unchanged. */
  readonly body: unknown;
  /** @default - a new id for each message */
  readonly messageId?: string;
  /** Number of receives, including this one. @default 1 */
  readonly receiveCount?: number;
  /** Attributes of the type String. @default - no attributes */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Message group id. @default - the queue's name for a FIFO queue, otherwise no group */
  readonly groupId?: string;
}

/**
 * Creates the event of an SQS queue.
 *
 * @param messages messages of the batch
 * @param queueName name of the queue; a FIFO queue ends with `.fifo`. @default 'queue'
 * @example
 * import { sqsEvent } from 'cdk-trellis/testing';
 *
 * const event = sqsEvent([{ body: { orderId: '1' } }, { body: { orderId: '2' }, receiveCount: 3 }]);
 */
export function sqsEvent(messages: readonly SqsMessage[], queueName = 'queue'): SQSEvent {
  return { Records: messages.map((message, index) => recordOf(message, index, queueName)) };
}

function recordOf(message: SqsMessage, index: number, queueName: string): SQSRecord {
  const { messageId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`, attributes = {} } =
    message;
  const body = typeof message.body === 'string' ? message.body : JSON.stringify(message.body);
  const isFifo = queueName.endsWith('.fifo');
  const groupId = message.groupId ?? (isFifo ? queueName : undefined);
  return {
    messageId,
    receiptHandle: `receipt-${index}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount ?? 1),
      SentTimestamp: '1767225600000',
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: '1767225600001',
      ...(groupId !== undefined && { MessageGroupId: groupId }),
      ...(isFifo && {
        SequenceNumber: String(index).padStart(20, '0'),
        MessageDeduplicationId: sha256(body),
      }),
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
