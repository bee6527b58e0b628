import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { sum, times } from '@storefront/commerce/money';
import { invoke, outbox, route, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { OrderPlaced } from '../../contracts/order-events.js';
import { MixedCurrencies, ordersApi, UnknownProducts } from '../../contracts/orders.js';
import type { Line, Quote, QuoteFunction } from '../../contracts/stock.js';
import type { OrderItem } from './order-item.js';
import { findOrder, readOrder } from './read-order.js';

export const handler = route(
  ordersApi.placeOrder,
  { orders: table.readWrite, quote: invoke<QuoteFunction>().call },
  async ({ user, body, idempotencyKey, correlationId }, { orders, quote }) => {
    // The id derives from the key: if the function ends right after it wrote the order, a repeated request finds it.
    const orderId = `ord_${digest(user.sub, idempotencyKey).slice(0, 32)}`;
    const existing = await findOrder(orders, user.sub, orderId);
    if (existing) return createdResponse(existing);
    const { products } = await quote.call({ productIds: body.lines.map(({ productId }) => productId) });
    const lines = priceLines(body.lines, products);
    const now = new Date().toISOString();
    const order: OrderItem = {
      orderId,
      customerId: user.sub,
      status: 'PLACED',
      lines,
      total: totalOf(lines),
      address: body.address,
      placedAt: now,
      updatedAt: now,
      version: 1,
      day: now.slice(0, 10),
    };
    const event = {
      orderId,
      customerId: user.sub,
      lines: body.lines,
      total: order.total,
      cardToken: body.cardToken,
    };
    try {
      await orders.client.send(
        new PutCommand({
          TableName: orders.tableName,
          Item: { ...order, ...outbox(OrderPlaced, event, { sequence: 1, correlationId }) },
          ConditionExpression: 'attribute_not_exists(orderId)',
        }),
      );
      return createdResponse(order);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return createdResponse(await readOrder(orders, user.sub, orderId));
    }
  },
);

function createdResponse(order: OrderItem) {
  return { status: 201, body: order, headers: { location: `/orders/${order.orderId}` } } as const;
}

function digest(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

function priceLines(
  lines: readonly Line[],
  products: z.output<typeof Quote>['products'],
): OrderItem['lines'] {
  const byId = new Map(products.map((product) => [product.productId, product]));
  const unknown = lines.map(({ productId }) => productId).filter((productId) => !byId.has(productId));
  if (unknown.length > 0) throw new UnknownProducts({ products: unknown });
  return lines.map(({ productId, quantity }) => ({ ...byId.get(productId)!, quantity }));
}

function totalOf(lines: OrderItem['lines']): OrderItem['total'] {
  const currencies = [...new Set(lines.map(({ price }) => price.currency))];
  const [currency] = currencies;
  if (currency === undefined || currencies.length > 1) throw new MixedCurrencies({ currencies });
  return {
    ...sum(
      lines.map(({ price, quantity }) => times(price, quantity)),
      currency,
    ),
    currency,
  };
}
