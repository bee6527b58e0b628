import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { EventData, EventDefinition } from 'cdk-trellis/contract';
import { outbox, type TableClient } from 'cdk-trellis/runtime';
import type { OrderItem } from './order-item.js';
import { readOrder } from './read-order.js';

/** A change of an order that its event tells of. */
export interface Finish<E extends EventDefinition> {
  /** Whether the change is due, as the order is now. */
  readonly from: (order: OrderItem) => boolean;
  readonly changes: Partial<OrderItem>;
  readonly event: E;
  readonly eventData: EventData<E>;
}

/**
 * Changes an order and has its event published, in one write; does nothing when the change is not due.
 *
 * @returns the order as it is then
 * @throws ConditionalCheckFailedException when somebody else changed it at the same moment: to be called again
 */
export async function finishOrder<E extends EventDefinition>(
  orders: TableClient,
  { customerId, orderId }: { readonly customerId: string; readonly orderId: string },
  { from, changes, event, eventData }: Finish<E>,
): Promise<OrderItem> {
  const order = await readOrder(orders, customerId, orderId);
  if (!from(order)) return order;
  const version = order.version + 1;
  const attributes = {
    ...changes,
    version,
    updatedAt: new Date().toISOString(),
    ...outbox(event, eventData, { sequence: version }),
  };
  const names = Object.keys(attributes);
  const { Attributes } = await orders.client.send(
    new UpdateCommand({
      TableName: orders.tableName,
      Key: { customerId, orderId },
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      // A wish to cancel, too, changes what is due.
      ConditionExpression: order.cancelRequested
        ? '#version = :known'
        : '#version = :known AND attribute_not_exists(cancelRequested)',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value])),
        ':known': order.version,
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return Attributes as OrderItem;
}
