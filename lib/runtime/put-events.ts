import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import type { EventDefinition, PublishedEvent } from '../contract/event.js';
import { envelopeOf } from './event.js';
import { jsonText } from './json-text.js';

/** Maximum entries of a call. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export const MAX_ENTRIES = 10;

const ATTEMPTS = 3;

/** Entry that EventBridge rejected, with its error. */
export interface FailedEntry {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** Error codes that a retry may resolve. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html */
const RETRYABLE = /^(Internal\w*|Throttl\w*|ServiceUnavailable\w*)$/;

/** Returns true if EventBridge may accept the entry on a retry. */
export function isRetryable({ code }: FailedEntry): boolean {
  return RETRYABLE.test(code);
}

/** Returns an event as an entry for a bus. @throws Error if JSON cannot represent it */
export function entryOf(event: PublishedEvent<EventDefinition>, eventBusName: string): PutEventsRequestEntry {
  return {
    EventBusName: eventBusName,
    Source: event.source,
    DetailType: event.name,
    Detail: jsonText('The event', envelopeOf(event)),
  };
}

/**
 * Puts at most ten entries. PutEvents returns 200 also when it rejected some of them: those are retried twice, with
 * growing delay.
 *
 * @returns the entries that failed in the last attempt, or with an error that no retry resolves
 */
export async function putEvents(
  client: EventBridgeClient,
  entries: readonly PutEventsRequestEntry[],
): Promise<FailedEntry[]> {
  let pending = entries.map((_, index) => index);
  let failed: FailedEntry[] = [];
  for (let attempt = 1; pending.length > 0 && attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) await sleep(Math.random() * 100 * 2 ** attempt);
    const { Entries = [] } = await client.send(
      new PutEventsCommand({ Entries: pending.map((index) => entries[index]!) }),
    );
    const results = pending.map((index, position) => failureOf(index, Entries[position]));
    const failures = results.filter((result) => result !== undefined);
    failed = [...failed, ...failures.filter((entry) => !isRetryable(entry) || attempt === ATTEMPTS)];
    pending = failures.filter(isRetryable).map(({ index }) => index);
  }
  return failed.sort((a, b) => a.index - b.index);
}

function failureOf(index: number, result: PutEventsResultEntry | undefined): FailedEntry | undefined {
  if (result?.EventId) return undefined;
  return { index, code: result?.ErrorCode ?? 'InternalFailure', message: result?.ErrorMessage ?? '' };
}
