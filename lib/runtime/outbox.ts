import type { EventData, EventDefinition, PublishedEvent } from '../contract/event.js';
import { newEvent, type PublishOptions } from './event.js';
import { OUTBOX_ATTRIBUTE } from './outbox/attribute.js';

/** The attributes that make a write publish an event. */
export interface OutboxAttributes<E extends EventDefinition> {
  readonly event: PublishedEvent<E>;
}

/** What the writer says about the event; its sequence is the version that the write gives the item. */
export type OutboxOptions = PublishOptions & { readonly sequence: number };

/**
 * The attribute to put into an item, so that the write that changes it also publishes the event: either both happen
 * or neither. The table's `Outbox` publishes it, in order for each item and at least once.
 *
 * @param options.sequence the item's version after this write, by which consumers tell what is newer. Let the write
 *   itself ensure that it counts up, by a condition on the version before
 * @throws ZodError when the data is not what the definition says: nothing is written then
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
      `An Outbox publishes in order of a key, which the event ${event.name} does not have: give \`defineEvent\` a \`key\`, as in \`key: 'orderId'\``,
    );
  }
  return { [OUTBOX_ATTRIBUTE]: newEvent(event, data, options) };
}
