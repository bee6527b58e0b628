import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { cursor, route, table } from 'cdk-trellis/runtime';
import * as z from 'zod';
import { ordersApi } from '../../contracts/orders.js';
import { OrderId } from '../../contracts/stock.js';
import type { OrderItem } from './order-item.js';

/** Whose orders are read is said by the token, not by the cursor. */
const position = cursor(z.object({ orderId: OrderId, placedAt: z.iso.datetime() }));

export const handler = route(
  ordersApi.listOrders,
  { orders: table.index('byTime').read },
  async ({ user, query: { limit, cursor: text } }, { orders }) => {
    const from = position.decode(text);
    const page = await orders.client.send(
      new QueryCommand({
        TableName: orders.tableName,
        IndexName: orders.indexName,
        KeyConditionExpression: 'customerId = :customer',
        ExpressionAttributeValues: { ':customer': user.sub },
        ScanIndexForward: false,
        Limit: limit,
        ...(from && { ExclusiveStartKey: { ...from, customerId: user.sub } }),
      }),
    );
    const items = (page.Items ?? []) as OrderItem[];
    return { status: 200, body: { items, nextCursor: position.encode(page.LastEvaluatedKey) } };
  },
);
