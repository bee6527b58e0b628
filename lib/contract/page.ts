import * as z from 'zod';

/**
 * Creates the schema of one page of a list: its items, and the cursor of the next page, which the last page omits.
 *
 * @example
 * import { defineApi, page, pageQuery } from 'cdk-trellis/contract';
 * import { cursor, route, table } from 'cdk-trellis/runtime';
 * import { QueryCommand } from '@aws-sdk/lib-dynamodb';
 * import * as z from 'zod';
 *
 * const Order = z.object({ customerId: z.string(), orderId: z.string() });
 *
 * const api = defineApi({ name: 'orders', version: '1.0.0' }, {
 *   listOrders: {
 *     method: 'GET',
 *     path: '/orders',
 *     auth: 'user',
 *     query: pageQuery().extend({ status: z.enum(['open', 'done']).optional() }),
 *     responses: { 200: page(Order) },
 *   },
 * });
 *
 * const position = cursor(z.strictObject({ customerId: z.string(), orderId: z.string() }));
 *
 * export const handler = route(api.listOrders, { orders: table.read }, async ({ query, user }, { orders }) => {
 *   const { Items, LastEvaluatedKey } = await orders.client.send(new QueryCommand({
 *     TableName: orders.tableName,
 *     KeyConditionExpression: 'customerId = :customer',
 *     ExpressionAttributeValues: { ':customer': user.sub },
 *     Limit: query.limit,
 *     ExclusiveStartKey: position.decode(query.cursor),
 *   }));
 *   const items = (Items ?? []) as z.output<typeof Order>[];
 *   return { status: 200, body: { items, nextCursor: position.encode(LastEvaluatedKey) } };
 * });
 */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() });
}

/**
 * Creates the query of a list operation: `limit`, the maximum number of items, and `cursor`, the start of the page. Add
 * further parameters with `.extend({ ... })`.
 */
export function pageQuery(
  options: {
    /** Items per page if the caller sends no `limit`. @default 20 */
    readonly defaultLimit?: number;
    /** Maximum `limit`. @default 100 */
    readonly maxLimit?: number;
  } = {},
) {
  const { defaultLimit = 20, maxLimit = 100 } = options;
  return z.object({
    limit: z
      .string()
      .regex(/^\d{1,6}$/, 'must be a whole number')
      .transform(Number)
      .pipe(z.int().min(1).max(maxLimit))
      .default(defaultLimit),
    cursor: z.string().max(2000).optional(),
  });
}
