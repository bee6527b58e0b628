import * as z from 'zod';
import { Money } from './products.js';
import { OrderId, type PublishedFunction, RunId } from './stock.js';

/**
 * Functions of the payment provider that the orders service invokes synchronously. As with the stock, the first run that
 * charges an order owns the payment, and only that run refunds it.
 */

/** Seconds after which a call has ended, also one without a response: a refund that starts then cannot overtake it. */
export const PAYMENT_SECONDS = 5;

export const ChargeRequest = z.strictObject({
  orderId: OrderId,
  amount: Money,
  cardToken: z.string(),
  runId: RunId,
});
export const RefundRequest = z.strictObject({ orderId: OrderId, runId: RunId });

/** `duplicate`: another run has charged this order, or refunded it. */
export type ChargeResponse = { readonly status: 'approved' | 'declined' | 'duplicate' };
export type RefundResponse = { readonly status: 'done' };

export type ChargeFunction = PublishedFunction<typeof ChargeRequest, ChargeResponse>;
export type RefundFunction = PublishedFunction<typeof RefundRequest, RefundResponse>;
