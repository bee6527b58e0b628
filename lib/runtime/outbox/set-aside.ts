import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { logger } from '../logger.js';
import type { QueueClient } from '../needs/queue.js';
import type { Outgoing } from './records.js';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** What SQS says of a message that it will never take: too long, or with characters that it does not take. */
const REFUSALS = /InvalidMessageContents|InvalidParameterValue|MessageTooLong|RequestEntityTooLarge/;

/**
 * Keeps an event that cannot be published, with the reason: with its data where that is possible, or else with the key of
 * the item that carries it. `trellis redrive` publishes both.
 *
 * @param functionArn what publishes the item's event again
 * @throws Error when SQS cannot be reached
 */
export async function setAside(
  { item, entry }: Outgoing,
  reason: string,
  failures: QueueClient,
  functionArn: string | undefined,
): Promise<void> {
  logger().error('An event is set aside', { reason, event: { id: item.eventId }, keys: item.keys });
  const reduced = JSON.stringify({ refused: reason, requestContext: { functionArn }, outboxItem: item });
  const whole = 'unwritable' in entry ? reduced : JSON.stringify({ refused: reason, putEvents: entry });
  const isTooLong = Buffer.byteLength(whole) > MAX_MESSAGE_BYTES;
  try {
    await send(failures, isTooLong ? reduced : whole);
  } catch (error) {
    const { name, message } = error as Error;
    if (whole === reduced || !REFUSALS.test(`${name} ${message}`)) throw error;
    await send(failures, reduced);
  }
}

async function send({ client, queueUrl }: QueueClient, MessageBody: string): Promise<void> {
  await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
}
