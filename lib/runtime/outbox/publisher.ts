import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { withDeadline } from '../deadline.js';
import { handle } from '../handlers/handle.js';
import { logger } from '../logger.js';
import { type BusClient, bus } from '../needs/bus.js';
import { queue } from '../needs/queue.js';
import { type FailedEntry, isRetryable, putEvents } from '../put-events.js';
import { chunksOf, type Outgoing, outgoingOf } from './records.js';
import { setAside } from './set-aside.js';

/** Marker that `trellis redrive` adds: an event that cannot be published fails instead of being moved to the queue again. */
interface Redrive {
  readonly redrive?: true;
}

/**
 * Publishes the events of a table's stream: the function of an `Outbox`.
 *
 * Order is kept within a key: the second event of a key is sent after EventBridge has accepted the first. Events that
 * EventBridge rejects permanently, and events that JSON cannot represent, are moved to the failure queue, and the rest
 * continues. If EventBridge cannot be reached, or the deadline is near, the first event that was not accepted is
 * reported: Lambda retries with it and all that follow.
 */
export const handler = handle(
  { events: bus.publish, refused: queue.send },
  async (
    stream: DynamoDBStreamEvent & Redrive,
    { events, refused },
    context: Context,
  ): Promise<DynamoDBBatchResponse> =>
    withDeadline(async ({ within }) => {
      const keep = (outgoing: Outgoing, reason: string) => {
        if (stream.redrive) throw new Error(reason);
        return setAside(outgoing, reason, refused, context.invokedFunctionArn);
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

type Keep = (outgoing: Outgoing, reason: string) => Promise<void> | never;

/** Publishes a chunk. @returns the first event that a retry may publish */
async function publish(
  chunk: readonly Outgoing[],
  events: BusClient,
  keep: Keep,
): Promise<Outgoing | undefined> {
  const writable: Outgoing[] = [];
  for (const outgoing of chunk) {
    if ('unwritable' in outgoing.entry) await keep(outgoing, outgoing.entry.unwritable);
    else writable.push(outgoing);
  }
  if (writable.length === 0) return undefined;
  const failures = await put(writable, events);
  for (const rejection of failures.filter((failure) => !isRetryable(failure))) {
    await keep(writable[rejection.index] as Outgoing, `${rejection.code}: ${rejection.message}`);
  }
  const [first] = failures.filter(isRetryable);
  return first && writable[first.index];
}

async function put(chunk: readonly Outgoing[], bus: BusClient): Promise<FailedEntry[]> {
  try {
    return await putEvents(
      bus.client,
      chunk.map(({ entry }) => entry as PutEventsRequestEntry),
    );
  } catch (error) {
    // The whole call failed. An error such as the size belongs to a single event, which is searched for.
    const { name, message } = error as Error;
    const isEventError = ['ValidationException', 'SerializationException'].includes(name);
    if (isEventError && chunk.length > 1) return putSeparately(chunk, bus);
    logger().error('Events could not be published', { error: error as Error });
    const code = isEventError ? name : 'InternalFailure';
    return chunk.map((_, index) => ({ index, code, message }));
  }
}

/** Puts each event in its own call, so that an invalid one does not make the others fail. */
async function putSeparately(chunk: readonly Outgoing[], bus: BusClient): Promise<FailedEntry[]> {
  const failures: FailedEntry[] = [];
  for (const [index, outgoing] of chunk.entries()) {
    const [failure] = await put([outgoing], bus);
    if (failure) failures.push({ ...failure, index });
  }
  return failures;
}
