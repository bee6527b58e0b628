import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { withDeadline } from '../deadline.js';
import { handle } from '../handlers/handle.js';
import { logger } from '../logger.js';
import { type BusClient, bus } from '../needs/bus.js';
import { queue } from '../needs/queue.js';
import { type FailedEntry, mayPass, putEvents } from '../put-events.js';
import { chunksOf, type Outgoing, outgoingOf } from './records.js';
import { setAside } from './set-aside.js';

/** Added by `trellis redrive`: what cannot be published fails, and stays where it is. */
interface Redrive {
  readonly redrive?: true;
}

/**
 * Publishes the events of a table's stream: the function of an `Outbox`.
 *
 * Order is kept within a key: a second event of it goes out only when the first is taken. What EventBridge refuses for
 * good, and what cannot be written as JSON, goes to the queue for failures, and the rest goes on. When EventBridge cannot
 * be reached, or the time is nearly up, the first event that was not taken is reported: Lambda comes again with it and
 * all that follow.
 */
export const handler = handle(
  { events: bus.publish, refused: queue.send },
  async (
    stream: DynamoDBStreamEvent & Redrive,
    { events, refused },
    context: Context,
  ): Promise<DynamoDBBatchResponse> =>
    withDeadline(async ({ within }) => {
      const keep = (one: Outgoing, reason: string) => {
        if (stream.redrive) throw new Error(reason);
        return setAside(one, reason, refused, context.invokedFunctionArn);
      };
      for (const chunk of chunksOf(outgoingOf(stream.Records, events.eventBusName))) {
        const failed = await within(() => publish(chunk, events, keep)).catch((error) => {
          if (stream.redrive) throw error;
          logger().error('Events could not be published', { error });
          return chunk[0];
        });
        if (failed) return { batchItemFailures: [{ itemIdentifier: failed.sequenceNumber }] };
      }
      return { batchItemFailures: [] };
    }),
);

type Keep = (one: Outgoing, reason: string) => Promise<void> | never;

/** @returns the first that was not taken although it may be another time */
async function publish(
  chunk: readonly Outgoing[],
  events: BusClient,
  keep: Keep,
): Promise<Outgoing | undefined> {
  const writable: Outgoing[] = [];
  for (const one of chunk) {
    if ('unwritable' in one.entry) await keep(one, one.entry.unwritable);
    else writable.push(one);
  }
  if (writable.length === 0) return undefined;
  const failures = await put(writable, events);
  for (const failure of failures.filter((one) => !mayPass(one))) {
    await keep(writable[failure.index] as Outgoing, `${failure.code}: ${failure.message}`);
  }
  const [first] = failures.filter(mayPass);
  return first && writable[first.index];
}

async function put(chunk: readonly Outgoing[], bus: BusClient): Promise<FailedEntry[]> {
  try {
    return await putEvents(
      bus.client,
      chunk.map(({ entry }) => entry as PutEventsRequestEntry),
    );
  } catch (error) {
    // The call as a whole has failed. What is wrong with a single event, like its size, is its own fault.
    const { name, message } = error as Error;
    const isOwnFault = ['ValidationException', 'SerializationException'].includes(name);
    if (isOwnFault && chunk.length > 1) return eachAlone(chunk, bus);
    logger().error('Events could not be published', { error: error as Error });
    const code = isOwnFault ? name : 'InternalFailure';
    return chunk.map((_, index) => ({ index, code, message }));
  }
}

/** One event would have all the others fail with it each time. */
async function eachAlone(chunk: readonly Outgoing[], bus: BusClient): Promise<FailedEntry[]> {
  const failures: FailedEntry[] = [];
  for (const [index, one] of chunk.entries()) {
    const [failure] = await put([one], bus);
    if (failure) failures.push({ ...failure, index });
  }
  return failures;
}
