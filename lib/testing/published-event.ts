import type { EventData, EventDefinition } from '../contract/event.js';
import { type DeliveredEvent, envelopeOf, newEvent, type PublishOptions } from '../runtime/event.js';
import { eventBridgeEvent } from './event-bridge-event.js';

export interface PublishedEventOptions extends PublishOptions {
  /** The id by which a second delivery is known. @default - another one for each event */
  readonly id?: string;
}

/**
 * The event that EventBridge delivers to a handler made with `consume` when somebody has published this.
 *
 * @throws ZodError when the data is not what the definition says
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
