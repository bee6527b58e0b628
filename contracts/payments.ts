import * as z from 'zod';
import { Money } from './products.js';
import { OrderId, type PublishedFunction } from './stock.js';

/** What the payment provider does for the orders service: functions that it invokes and waits for. */

export const ChargeRequest = z.strictObject({ orderId: OrderId, amount: Money, cardToken: z.string() });
export const RefundRequest = z.strictObject({ orderId: OrderId });

export type ChargeReply = { readonly status: 'approved' | 'declined' };
export type RefundReply = { readonly status: 'done' };

export type ChargeFunction = PublishedFunction<typeof ChargeRequest, ChargeReply>;
export type RefundFunction = PublishedFunction<typeof RefundRequest, RefundReply>;
