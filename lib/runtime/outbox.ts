import type { EventData, EventDefinition, PublishedEvent } from '../contract/event.js';
import { newEvent, type PublishOptions } from './event.js';
import { OUTBOX_ATTRIBUTE } from './outbox/attribute.js';

/** Attributes of an item whose write publishes an event. */
export interface OutboxAttributes<E extends EventDefinition> {
  readonly event: PublishedEvent<E>;
}

/** Options of the event; its sequence is the version that the write gives the item. */
export type OutboxOptions = PublishOptions & { readonly sequence: number };

/**
 * Returns the attribute that makes a write publish an event: both happen, or neither. The table's `Outbox` publishes
 * it at least once, in order for each item.
 *
 * @param options.sequence the item's version after this write, by which consumers detect older events. Let a condition
 *   on the previous version ensure that it increases
 * @throws ZodError if the data does not match the definition: nothing is written then
 * @example
 * import { PutCommand } from '@aws-sdk/lib-dynamodb';
 * import { handle, outbox, table } from 'cdk-trellis/runtime';
 * import { OrderPlaced } from '../contracts/orders.js';
 *
 * export const handler = handle(
 *   { orders: table.write },
 *   async ({ orderId, total }: { orderId: string; total: number }, { orders }) => {
 *     const order = { orderId, total, version: 1, ...outbox(OrderPlaced, { orderId, total }, { sequence: 1 }) };
 *     await orders.client.send(
 *       new PutCommand({
 *         TableName: orders.tableName,
 *         Item: order,
 *         ConditionExpression: 'attribute_not_exists(orderId)',
 *       }),
 *     );
 *   },
 * );
 */
export function outbox<E extends EventDefinition>(
  event: E,
  data: EventData<E>,
  options: OutboxOptions,
): OutboxAttributes<E> {
  if (event.key === undefined) {
    throw new Error(
      `Event ${event.name} must have a key, which orders the events of an Outbox. Set \`key\` in \`defineEvent\`, as in \`key: 'orderId'\`.`,
    );
  }
  return { [OUTBOX_ATTRIBUTE]: newEvent(event, data, options) };
}
