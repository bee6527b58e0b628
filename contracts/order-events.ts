import { defineEvent } from 'cdk-trellis/contract';
import * as z from 'zod';
import { Money } from './products.js';
import { Lines, OrderId } from './stock.js';

/** Properties of all events of an order. */
const order = { orderId: OrderId, customerId: z.string() };
const options = { source: 'storefront.orders', version: 1, key: 'orderId' } as const;

export const OrderPlaced = defineEvent(
  'OrderPlaced',
  z.object({ ...order, lines: Lines, total: Money, cardToken: z.string() }),
  options,
);

export const OrderConfirmed = defineEvent('OrderConfirmed', z.object({ ...order, total: Money }), options);

/** Reason why an order was not carried out. */
export const RefusalReason = z.enum(['sold-out', 'payment-declined', 'cancelled', 'technical']);
export type RefusalReason = z.output<typeof RefusalReason>;

export const OrderRefused = defineEvent(
  'OrderRefused',
  z.object({ ...order, total: Money, reason: RefusalReason }),
  options,
);
