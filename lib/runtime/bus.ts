import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Need } from './need.js';
import { once } from './once.js';
import { REQUESTS } from './sdk.js';

/** An EventBridge bus and the SDK's client to call it with. */
export interface BusClient {
  readonly eventBusName: string;
  readonly client: EventBridgeClient;
}

const client = /* @__PURE__ */ once(() => new EventBridgeClient(REQUESTS));

const publish: Need<'bus', 'publish', BusClient> = {
  kind: 'bus',
  access: 'publish',
  connect: (eventBusName) => ({ eventBusName, client: client() }),
};

/**
 * Access to an EventBridge bus. `publish`: PutEvents.
 *
 * @example
 * import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
 * import { bus, handle } from 'cdk-trellis/runtime';
 *
 * export const handler = handle({ events: bus.publish }, async (event: object, { events }) => {
 *   const entry = { Source: 'orders', DetailType: 'OrderPlaced', Detail: JSON.stringify(event) };
 *   await events.client.send(
 *     new PutEventsCommand({ Entries: [{ ...entry, EventBusName: events.eventBusName }] }),
 *   );
 * });
 */
export const bus = { publish };
