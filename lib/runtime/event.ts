import { randomUUID } from 'node:crypto';
import type { EventBridgeEvent } from 'aws-lambda';
import * as z from 'zod';
import type {
  EventData,
  EventDefinition,
  EventMetadata,
  EventOf,
  PublishedEvent,
} from '../contract/event.js';
import { correlationId } from './invocation.js';
import { jsonText } from './json-text.js';

/** Content of the `detail` of an event on EventBridge. */
export interface EventEnvelope {
  readonly metadata: EventMetadata & { readonly version: number };
  readonly data: unknown;
}

/** An event as EventBridge delivers it. */
export type DeliveredEvent = EventBridgeEvent<string, unknown>;

/** Options of publishing one event. */
export interface PublishOptions {
  /** Position among the events of the same key, counting up from 1. @default - undefined: consumers cannot detect older events */
  readonly sequence?: number;
  /** @default - the correlation id of the event, message or request being handled, else the event's own id */
  readonly correlationId?: string;
}

/** Error of an event that matches none of its consumer's definitions. The event is moved to the failure queue. */
export class EventRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EventRefusedError';
  }
}

/**
 * Creates an event to publish.
 *
 * @throws ZodError if the data does not match the definition, Error if JSON cannot represent it
 */
export function newEvent<E extends EventDefinition>(
  definition: E,
  data: EventData<E>,
  options: PublishOptions = {},
): PublishedEvent<E> {
  const { name, source, version, key, schema } = definition;
  const { sequence } = options;
  if (sequence !== undefined && (!Number.isSafeInteger(sequence) || sequence < 1)) {
    throw new Error(`The \`sequence\` of ${name} must be a whole number from 1, got ${sequence}`);
  }
  const wire = z.encode(schema, data);
  // Checked here: an Outbox serializes the event only after the item is written.
  jsonText(`The event ${name}`, wire);
  const id = randomUUID();
  return {
    name,
    version,
    source,
    id,
    time: new Date().toISOString(),
    ...(key !== undefined && { key: String((wire as Record<string, unknown>)[key]) }),
    ...(sequence !== undefined && { sequence }),
    correlationId: options.correlationId ?? correlationId() ?? id,
    data: wire,
  } as PublishedEvent<E>;
}

/** Returns the envelope of an event. */
export function envelopeOf(event: EventMetadata & { version: number; data: unknown }): EventEnvelope {
  const { id, time, key, sequence, correlationId, version, data } = event;
  return { metadata: { id, time, version, key, sequence, correlationId }, data };
}

/**
 * Parses a delivered event by the definition that it matches.
 *
 * @throws EventRefusedError if it matches no definition, or not the schema of its definition
 */
export function readEvent<E extends EventDefinition>(
  definitions: readonly E[],
  delivered: DeliveredEvent,
): EventOf<E> {
  const { metadata, data } = envelopeIn(delivered);
  const { 'detail-type': name, source } = delivered;
  const definition = definitions.find(
    (candidate) =>
      candidate.name === name && candidate.source === source && candidate.version === metadata.version,
  );
  if (!definition) {
    const expected = definitions
      .map((event) => `${event.name} ${event.version} of ${event.source}`)
      .join(', ');
    throw new EventRefusedError(
      `Expected ${expected}, got ${name} ${metadata.version} of ${source} (event ${metadata.id}). Deploy a consumer that understands it, then redrive the event.`,
    );
  }
  const result = definition.schema.safeParse(data);
  if (!result.success) {
    throw new EventRefusedError(
      `Event ${metadata.id} does not match the schema of ${name} v${metadata.version}: ${result.error.message}`,
    );
  }
  return { ...metadata, name, source, data: result.data } as unknown as EventOf<E>;
}

/** Returns the correlation id of a delivered event, also of one that its consumer does not understand. */
export function correlationIdOf(delivered: DeliveredEvent | null | undefined): string | undefined {
  const { metadata } = (delivered?.detail ?? {}) as Partial<EventEnvelope>;
  return typeof metadata?.correlationId === 'string' ? metadata.correlationId : delivered?.id;
}

/** Returns the envelope in a delivered event. @throws EventRefusedError if it has none */
export function envelopeIn(delivered: DeliveredEvent | null): EventEnvelope {
  const { id, detail, 'detail-type': name } = delivered ?? ({} as Partial<DeliveredEvent>);
  const { metadata, data } = (detail ?? {}) as Partial<EventEnvelope>;
  if (typeof metadata?.id === 'string' && typeof metadata.version === 'number') return { metadata, data };
  throw new EventRefusedError(
    `Event ${id} (${name}) must have \`detail.metadata\` with an id and a version. Publish it with \`bus(Event).publish\` or an Outbox.`,
  );
}
