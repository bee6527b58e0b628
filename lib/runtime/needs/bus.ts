import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { EventData, EventDefinition, PublishedEvent } from '../../contract/event.js';
import { newEvent, type PublishOptions } from '../event.js';
import { perRegion } from '../per-region.js';
import { entryOf, putEvents } from '../put-events.js';
import { bounded, REQUESTS } from '../sdk.js';
import type { Need } from './need.js';

/** An EventBridge bus and the SDK's client to call it with. */
export interface BusClient {
  readonly eventBusName: string;
  readonly client: EventBridgeClient;
}

/** An EventBridge bus to publish one event on. */
export interface EventPublisher<E extends EventDefinition> extends BusClient {
  /**
   * Publishes an event. Use an `Outbox` if the event must be published whenever a table was written.
   *
   * @returns the published event
   * @throws ZodError if the data does not match the definition
   * @throws Error if EventBridge rejects it, after three attempts
   */
  publish(data: EventData<E>, options?: PublishOptions): Promise<PublishedEvent<E>>;
}

const client = /* @__PURE__ */ perRegion((place) =>
  bounded(new EventBridgeClient({ ...REQUESTS, ...place })),
);

const publish: Need<'bus', 'publish', BusClient> = {
  kind: 'bus',
  access: 'publish',
  connect: (eventBusName) => ({ eventBusName, client: client(eventBusName) }),
};

function publisherOf<E extends EventDefinition>(definition: E, plain: BusClient): EventPublisher<E> {
  return {
    ...plain,
    async publish(data, options) {
      const event = newEvent(definition, data, options);
      const [failed] = await putEvents(plain.client, [entryOf(event, plain.eventBusName)]);
      if (!failed) return event;
      throw new Error(
        `EventBridge rejected ${definition.name} ${event.id} on the bus ${plain.eventBusName}: ${failed.code} ${failed.message}`,
      );
    },
  };
}

/**
 * Access to an EventBridge bus. `publish`: PutEvents.
 *
 * - `bus(OrderPlaced).publish`: a client that publishes this event, typed by its definition
 * - `bus.publish`: the bus's name and the SDK's client
 *
 * @example
 * import { bus, handle } from 'cdk-trellis/runtime';
 * import { OrderPlaced } from '../contracts/orders.js';
 *
 * export const handler = handle(
 *   { placed: bus(OrderPlaced).publish },
 *   async ({ orderId }: { orderId: string }, { placed }) => placed.publish({ orderId, total: 1200 }),
 * );
 */
export const bus = /* @__PURE__ */ Object.assign(
  <E extends EventDefinition>(event: E) => {
    const typed: Need<'bus', 'publish', EventPublisher<E>> = {
      kind: 'bus',
      access: 'publish',
      connect: (eventBusName) => publisherOf(event, publish.connect(eventBusName)),
    };
    return { publish: typed };
  },
  { publish },
);
