import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { EventData, EventDefinition } from 'cdk-trellis/contract';
import { outbox, type TableClient } from 'cdk-trellis/runtime';
import type { OrderItem } from './order-item.js';
import { readOrder } from './read-order.js';

/** Final change of an order, and the event that reports it. */
export interface OrderTransition<E extends EventDefinition> {
  /** Returns true if the change applies to the order in its current state. */
  readonly isDue: (order: OrderItem) => boolean;
  readonly changes: Partial<OrderItem>;
  readonly event: E;
  readonly eventData: EventData<E>;
}

/**
 * Changes an order and publishes its event in one write. Does nothing if the change is not due, or if another run owns
 * the order.
 *
 * @param runId the run that finishes the order and owns it afterwards
 * @returns the order after the write
 * @throws ConditionalCheckFailedException when the order changed concurrently: call again
 */
export async function finishOrder<E extends EventDefinition>(
  orders: TableClient,
  { customerId, orderId }: { readonly customerId: string; readonly orderId: string },
  runId: string,
  { isDue, changes, event, eventData }: OrderTransition<E>,
): Promise<OrderItem> {
  const order = await readOrder(orders, customerId, orderId);
  const isOwnedByRun = order.runId === undefined || order.runId === runId;
  if (!isOwnedByRun || !isDue(order)) return order;
  const version = order.version + 1;
  const attributes = {
    ...changes,
    runId,
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
      // A cancellation requested after the read also decides whether the change is due.
      ConditionExpression: [
        '#version = :current',
        ...(order.cancelRequested ? [] : ['attribute_not_exists(cancelRequested)']),
        '(attribute_not_exists(#runId) OR #runId = :runId)',
      ].join(' AND '),
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value])),
        ':current': order.version,
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return Attributes as OrderItem;
}
