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
 * Changes an order and has its event published, in one write; does nothing when the change is not due, or when another
 * run carries the order out.
 *
 * @param runId the run that finishes the order, and owns it from then on
 * @returns the order as it is then
 * @throws ConditionalCheckFailedException when somebody else changed it at the same moment: to be called again
 */
export async function finishOrder<E extends EventDefinition>(
  orders: TableClient,
  { customerId, orderId }: { readonly customerId: string; readonly orderId: string },
  runId: string,
  { from, changes, event, eventData }: Finish<E>,
): Promise<OrderItem> {
  const order = await readOrder(orders, customerId, orderId);
  const isOwn = order.runId === undefined || order.runId === runId;
  if (!isOwn || !from(order)) return order;
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
      // A wish to cancel, too, changes what is due.
      ConditionExpression: [
        '#version = :known',
        ...(order.cancelRequested ? [] : ['attribute_not_exists(cancelRequested)']),
        '(attribute_not_exists(#runId) OR #runId = :runId)',
      ].join(' AND '),
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
