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

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export const MAX_ENTRIES = 10;

const ATTEMPTS = 3;

/** An entry that EventBridge did not take, and what it said. */
export interface FailedEntry {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** What may pass when the same entry is put again. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html */
const PASSING = /^(Internal\w*|Throttl\w*|ServiceUnavailable\w*)$/;

/** Whether EventBridge may take the entry another time. */
export function mayPass({ code }: FailedEntry): boolean {
  return PASSING.test(code);
}

/** An event as an entry for a bus. @throws Error when it cannot be written as JSON */
export function entryOf(event: PublishedEvent<EventDefinition>, eventBusName: string): PutEventsRequestEntry {
  return {
    EventBusName: eventBusName,
    Source: event.source,
    DetailType: event.name,
    Detail: jsonText('The event', envelopeOf(event)),
  };
}

/**
 * Puts at most ten entries. PutEvents answers 200 also when it took only some of them: those that failed are put
 * again, twice and later each time.
 *
 * @returns the entries that failed for good
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
    const results = pending.map((index, at) => failureOf(index, Entries[at]));
    const now = results.filter((result) => result !== undefined);
    failed = [...failed, ...now.filter((one) => !mayPass(one) || attempt === ATTEMPTS)];
    pending = now.filter((one) => mayPass(one)).map(({ index }) => index);
  }
  return failed.sort((a, b) => a.index - b.index);
}

function failureOf(index: number, result: PutEventsResultEntry | undefined): FailedEntry | undefined {
  if (result?.EventId) return undefined;
  return { index, code: result?.ErrorCode ?? 'InternalFailure', message: result?.ErrorMessage ?? '' };
}
