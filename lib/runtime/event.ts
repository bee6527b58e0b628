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

/** What stands in the `detail` of an event on EventBridge. */
export interface EventEnvelope {
  readonly metadata: EventMetadata & { readonly version: number };
  readonly data: unknown;
}

/** An event as EventBridge delivers it. */
export type DeliveredEvent = EventBridgeEvent<string, unknown>;

/** What a publisher may say about one event. */
export interface PublishOptions {
  /** Its place among the events of its key, counting up from 1. @default - none: consumers cannot tell what is newer */
  readonly sequence?: number;
  /** @default - that of the event, message or request being handled, else the event's own id */
  readonly correlationId?: string;
}

/** An event that is not one of those its consumer understands. It is not lost: it lands where failed events do. */
export class EventRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EventRefusedError';
  }
}

/**
 * An event ready to be published.
 *
 * @throws ZodError when the data is not what the definition says, Error when it has something that JSON has no form of
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
  // An Outbox would be told only when the item is written.
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

/** The envelope that an event travels in. */
export function envelopeOf(event: EventMetadata & { version: number; data: unknown }): EventEnvelope {
  const { id, time, key, sequence, correlationId, version, data } = event;
  return { metadata: { id, time, version, key, sequence, correlationId }, data };
}

/**
 * Reads a delivered event by the definition that it is of.
 *
 * @throws EventRefusedError when it is of none of them, or not of the shape that its definition says
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
    const known = definitions.map((one) => `${one.name} ${one.version} of ${one.source}`).join(', ');
    throw new EventRefusedError(
      `Expected ${known}, got ${name} ${metadata.version} of ${source} (event ${metadata.id}). Deploy a consumer that understands it, then redrive the event.`,
    );
  }
  const result = definition.schema.safeParse(data);
  if (!result.success) {
    throw new EventRefusedError(
      `The event ${metadata.id} is no ${name} ${metadata.version}: ${result.error.message}`,
    );
  }
  return { ...metadata, name, source, data: result.data } as unknown as EventOf<E>;
}

/** The correlation id of a delivered event, also of one that its consumer does not understand. */
export function correlationIdOf(delivered: DeliveredEvent | null | undefined): string | undefined {
  const { metadata } = (delivered?.detail ?? {}) as Partial<EventEnvelope>;
  return typeof metadata?.correlationId === 'string' ? metadata.correlationId : delivered?.id;
}

/** @throws EventRefusedError when the event has none */
export function envelopeIn(delivered: DeliveredEvent | null): EventEnvelope {
  const { id, detail, 'detail-type': name } = delivered ?? ({} as Partial<DeliveredEvent>);
  const { metadata, data } = (detail ?? {}) as Partial<EventEnvelope>;
  if (typeof metadata?.id === 'string' && typeof metadata.version === 'number') return { metadata, data };
  throw new EventRefusedError(
    `The event ${id} (${name}) has no \`detail.metadata\` with an id and a version: publish it with \`bus(Event).publish\` or an Outbox.`,
  );
}
