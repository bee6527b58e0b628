import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { notFound } from '@storefront/commerce/problems';
import type { TableClient } from 'cdk-trellis/runtime';
import type { OrderItem } from './order-item.js';

/**
 * Reads an order of a customer, strongly consistent. An order of another customer is not found.
 *
 * @throws ProblemError 404 when the customer has no such order
 */
export async function readOrder(
  orders: TableClient,
  customerId: string,
  orderId: string,
): Promise<OrderItem> {
  const order = await findOrder(orders, customerId, orderId);
  if (!order) throw notFound('Order', orderId);
  return order;
}

/** Reads an order as `readOrder` does, but returns undefined when it does not exist. */
export async function findOrder(
  { client, tableName }: TableClient,
  customerId: string,
  orderId: string,
): Promise<OrderItem | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tableName, Key: { customerId, orderId }, ConsistentRead: true }),
  );
  return Item as OrderItem | undefined;
}
