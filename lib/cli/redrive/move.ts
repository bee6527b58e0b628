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
import type { WayBack } from './way-back.js';

/** How it ended. */
export interface Moved {
  readonly moved: number;
  /** What is still in the queue, and why. */
  readonly left: readonly string[];
}

/** For how long others do not see a message that is being taken back, in seconds. */
const HIDDEN = 120;

/** The queues whose dead letters land in this one. */
export async function sourcesOf(sqs: SQSClient, { url }: FailureQueue): Promise<string[]> {
  const { queueUrls = [] } = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: url }));
  return queueUrls;
}

/**
 * Lets SQS itself move dead letters back to their queue.
 *
 * @param destination where to, if there is one only; each goes where it is from otherwise
 */
export async function moveBack(sqs: SQSClient, queue: FailureQueue, destination?: string): Promise<Moved> {
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
 * Takes each message where it has to go, and deletes it there and then: what could not be taken stays, and a message
 * may be taken twice, but none is lost.
 */
export async function takeBack(
  sqs: SQSClient,
  { url }: FailureQueue,
  deliver: Deliver,
  find: (message: Message) => WayBack | string,
): Promise<Moved> {
  let moved = 0;
  const left = new Map<string, Message & { readonly reason: string }>();
  for (;;) {
    const messages = await receive(sqs, url);
    const fresh = messages.filter(({ MessageId = '' }) => !left.has(MessageId));
    if (fresh.length === 0) break;
    for (const message of fresh) {
      const reason = await taken(message, deliver, find);
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
      VisibilityTimeout: HIDDEN,
      WaitTimeSeconds: 1,
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}

/** @returns why not, if it was not */
async function taken(
  message: Message,
  deliver: Deliver,
  find: (message: Message) => WayBack | string,
): Promise<string | undefined> {
  const way = find(message);
  if (typeof way === 'string') return way;
  try {
    await deliver(way, message);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
