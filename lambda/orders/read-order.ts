import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { notFound } from '@storefront/commerce/problems';
import type { TableClient } from 'cdk-trellis/runtime';
import type { OrderItem } from './order-item.js';

/**
 * An order of a customer, as it is this moment. Another customer's is not found, as if it did not exist.
 *
 * @throws ProblemError 404
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

/** The same, for who can go on without. */
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
