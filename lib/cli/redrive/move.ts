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
 */
export async function redriveMessages(
  sqs: SQSClient,
  { url }: FailureQueue,
  deliver: Deliver,
  resolveAction: (message: Message) => RedriveAction | string,
): Promise<MoveResult> {
  let moved = 0;
  const left = new Map<string, Message & { readonly reason: string }>();
  for (;;) {
    const messages = await receive(sqs, url);
    const fresh = messages.filter(({ MessageId = '' }) => !left.has(MessageId));
    if (fresh.length === 0) break;
    for (const message of fresh) {
      const reason = await tryDelivery(message, deliver, resolveAction);
      if (reason !== undefined) {
        left.set(message.MessageId as string, { ...message, reason });
        continue;
      }
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
      moved += 1;
    }
  }
  for (const { ReceiptHandle } of left.values()) {
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }),
    );
  }
  return { moved, left: [...left.values()].map(({ MessageId, reason }) => `${MessageId}: ${reason}`) };
}

async function receive(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: VISIBILITY_TIMEOUT,
      WaitTimeSeconds: 1,
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}

/** Returns the reason if the message cannot be delivered. */
async function tryDelivery(
  message: Message,
  deliver: Deliver,
  resolveAction: (message: Message) => RedriveAction | string,
): Promise<string | undefined> {
  const action = resolveAction(message);
  if (typeof action === 'string') return action;
  try {
    await deliver(action, message);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
