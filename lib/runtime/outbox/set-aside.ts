import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { logger } from '../logger.js';
import type { QueueClient } from '../needs/queue.js';
import type { Outgoing } from './records.js';

/** Maximum size of a message. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Errors of SQS for a message that it never accepts: too long, or with characters outside of its range. */
const PERMANENT_ERRORS = /InvalidMessageContents|InvalidParameterValue|MessageTooLong|RequestEntityTooLarge/;

/**
 * Moves an event that cannot be published to the failure queue, with the reason: with its data if possible, else with
 * the key of its item. `trellis redrive` publishes both forms.
 *
 * @param functionArn function that publishes the item's event again
 * @throws Error if SQS cannot be reached
 */
export async function setAside(
  { item, entry }: Outgoing,
  reason: string,
  failures: QueueClient,
  functionArn: string | undefined,
): Promise<void> {
  logger().error('An event was moved to the failure queue', {
    reason,
    event: { id: item.eventId },
    keys: item.keys,
  });
  const reduced = JSON.stringify({ refused: reason, requestContext: { functionArn }, outboxItem: item });
  const whole = 'unwritable' in entry ? reduced : JSON.stringify({ refused: reason, putEvents: entry });
  const isTooLong = Buffer.byteLength(whole) > MAX_MESSAGE_BYTES;
  try {
    await send(failures, isTooLong ? reduced : whole);
  } catch (error) {
    const { name, message } = error as Error;
    if (whole === reduced || !PERMANENT_ERRORS.test(`${name} ${message}`)) throw error;
    await send(failures, reduced);
  }
}

async function send({ client, queueUrl }: QueueClient, MessageBody: string): Promise<void> {
  await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
}
