import type { EventData, EventDefinition } from '../contract/event.js';
import { type DeliveredEvent, envelopeOf, newEvent, type PublishOptions } from '../runtime/event.js';
import { eventBridgeEvent } from './event-bridge-event.js';

/** Options of `publishedEvent`. */
export interface PublishedEventOptions extends PublishOptions {
  /** Id of the event, the same for a repeated delivery. @default - a new id for each event */
  readonly id?: string;
}

/**
 * Creates the event that EventBridge delivers to a handler of `consume` for a published event.
 *
 * @throws ZodError when the data does not match the schema
 * @example
 * import { publishedEvent } from 'cdk-trellis/testing';
 * import { OrderPlaced } from '../contracts/orders.js';
 *
 * const event = publishedEvent(OrderPlaced, { orderId: '1', total: 1200 }, { sequence: 1 });
 */
export function publishedEvent<E extends EventDefinition>(
  definition: E,
  data: EventData<E>,
  { id, ...options }: PublishedEventOptions = {},
): DeliveredEvent {
  const event = newEvent(definition, data, options);
  const detail = envelopeOf(id === undefined ? event : { ...event, id });
  return eventBridgeEvent({ source: definition.source, detailType: definition.name, detail });
}
