import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { LocalCloudError } from '../../local/index.js';
import type { Deliver } from './deliver.js';
import type { FailureQueue } from './queues.js';
import type { RedriveAction } from './redrive-action.js';

/** Result of a redrive. */
export interface MoveResult {
  readonly moved: number;
  /** Messages that are still in the queue, each with the reason. */
  readonly left: readonly string[];
}

/** Visibility timeout of a message during its redrive, in seconds. */
const VISIBILITY_TIMEOUT = 120;

/** Returns the URLs of the queues whose dead-letter queue this is. */
export async function sourcesOf(sqs: SQSClient, { url }: FailureQueue): Promise<string[]> {
  const { queueUrls = [] } = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: url }));
  return queueUrls;
}

/**
 * Moves dead letters back to their queues with a message move task of SQS.
 *
 * @param destination ARN of the queue. @default - each message returns to the queue that it came from
 */
export async function moveToSources(
  sqs: SQSClient,
  queue: FailureQueue,
  destination?: string,
): Promise<MoveResult> {
  const { TaskHandle } = await sqs.send(
    new StartMessageMoveTaskCommand({
      SourceArn: queue.arn,
      ...(destination && { DestinationArn: destination }),
    }),
  );
  for (;;) {
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: queue.arn }));
    const [task] = Results;
    const moved = task?.ApproximateNumberOfMessagesMoved ?? 0;
    if (task?.Status === 'COMPLETED') return { moved, left: [] };
    if (task?.Status !== undefined && task.Status !== 'RUNNING') {
      throw new LocalCloudError(
        `SQS ended the move of ${queue.url} (${TaskHandle}): ${task?.Status} ${task?.FailureReason ?? ''}. ${moved} messages were moved.`,
      );
    }
    await sleep(1000);
  }
}

/**
 * Delivers each message to its target, and deletes it only after that. A message that cannot be delivered stays in the
 * queue. A message may be delivered twice, but is never lost.
 *
 * Each message is delivered once in a run: a message that was sent to the queue after the start may be one that has
 * failed again, and stays.
 */
export async function redriveMessages(
  sqs: SQSClient,
  { url }: FailureQueue,
  deliver: Deliver,
  resolveAction: (message: Message) => RedriveAction | string,
): Promise<MoveResult> {
  const startedAt = timeOf(sqs);
  const reasons = new Map<string, string>();
  const receipts = new Map<string, string | undefined>();
  let moved = 0;
  let repeats = 0;
  try {
    // In a long run messages become visible again before its end: it ends when there are only such messages.
    while (repeats <= reasons.size) {
      const messages = await receive(sqs, url);
      if (messages.length === 0) break;
      for (const { MessageId = '', ReceiptHandle } of messages) receipts.set(MessageId, ReceiptHandle);
      for (const message of messages) {
        const { MessageId = '' } = message;
        repeats = reasons.has(MessageId) ? repeats + 1 : 0;
        if (reasons.has(MessageId)) continue;
        const reason = isSentAfter(startedAt, message)
          ? 'it came into the queue after the start of this run, and may have failed again: look at its error before the next run'
          : await tryDelivery(message, deliver, resolveAction);
        const kept = reason ?? (await tryDeletion(sqs, url, message));
        if (kept !== undefined) {
          reasons.set(MessageId, kept);
          continue;
        }
        receipts.delete(MessageId);
        moved += 1;
      }
    }
  } finally {
    await makeVisible(sqs, url, receipts.values());
  }
  return { moved, left: [...reasons].map(([id, reason]) => `${id}: ${reason}`) };
}

async function receive(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: VISIBILITY_TIMEOUT,
      WaitTimeSeconds: 1,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    }),
  );
  return Messages;
}

/**
 * Returns the time of SQS's clock, as the SDK measures it by the responses' header `Date`. It has seconds only: clocks
 * that agree to two seconds count as equal.
 */
function timeOf({ config: { systemClockOffset } }: SQSClient): number {
  return Date.now() + (Math.abs(systemClockOffset) < 2000 ? 0 : systemClockOffset);
}

function isSentAfter(time: number, { Attributes }: Message): boolean {
  return Number(Attributes?.SentTimestamp ?? 0) > time;
}

/** Returns the reason if the message cannot be delivered. */
async function tryDelivery(
  message: Message,
  deliver: Deliver,
  resolveAction: (message: Message) => RedriveAction | string,
): Promise<string | undefined> {
  try {
    const action = resolveAction(message);
    if (typeof action === 'string') return action;
    await deliver(action, message);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Returns the reason if the message, which is delivered, cannot be deleted. */
async function tryDeletion(
  sqs: SQSClient,
  QueueUrl: string,
  { ReceiptHandle }: Message,
): Promise<string | undefined> {
  try {
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return undefined;
  } catch (error) {
    return `it was redriven, but could not be deleted (${(error as Error).message}): delete it`;
  }
}

/** Ends the visibility timeouts of the run, so that the next one finds every message. Also after an error. */
async function makeVisible(
  sqs: SQSClient,
  QueueUrl: string,
  receipts: Iterable<string | undefined>,
): Promise<void> {
  for (const ReceiptHandle of receipts) {
    const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
    // A message whose timeout has already ended is visible.
    await sqs.send(command).catch(() => undefined);
  }
}
