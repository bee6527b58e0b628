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
  { client, tableName }: TableClient,
  customerId: string,
  orderId: string,
): Promise<OrderItem> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tableName, Key: { customerId, orderId }, ConsistentRead: true }),
  );
  if (!Item) throw notFound('Order', orderId);
  return Item as OrderItem;
}
