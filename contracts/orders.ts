import { defineApi, defineProblem, Problem, page, pageQuery } from 'cdk-trellis/contract';
import * as z from 'zod';
import { RefusalReason } from './order-events.js';
import { Money, ProductId } from './products.js';
import { Lines, OrderId } from './stock.js';
import { Address } from './users.js';

export const OrderStatus = z.enum(['PLACED', 'CONFIRMED', 'REFUSED']);

export const Order = z.object({
  orderId: OrderId,
  status: OrderStatus,
  /** Only of a refused order. */
  reason: RefusalReason.optional(),
  /** Whether the customer has asked to cancel it; it may be too late for that. */
  cancelRequested: z.boolean().optional(),
  lines: z.array(
    z.object({ productId: ProductId, name: z.string(), price: Money, quantity: z.int().min(1) }),
  ),
  total: Money,
  address: Address,
  placedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Order = z.output<typeof Order>;

/** A card as the payment provider's form in the browser gives it; the shop never sees its number. */
const CardToken = z
  .string()
  .regex(/^tok_[a-z_]{1,40}$/, 'must be a token of the payment form, as in tok_approve');

export const NewOrder = z.object({ lines: Lines, address: Address, cardToken: CardToken });

export class UnknownProducts extends defineProblem({
  type: 'urn:problem:unknown-products',
  title: 'There are no such products',
  status: 422,
  extensions: z.object({ products: z.array(z.string()) }),
}) {}

export class MixedCurrencies extends defineProblem({
  type: 'urn:problem:mixed-currencies',
  title: 'An order is paid in one currency',
  status: 422,
  extensions: z.object({ currencies: z.array(z.string()) }),
}) {}

export class TooLateToCancel extends defineProblem({
  type: 'urn:problem:too-late-to-cancel',
  title: 'The order is finished and cannot be cancelled',
  status: 409,
}) {}

export const ordersApi = defineApi(
  {
    name: 'orders',
    version: '1.0.0',
    title: 'Orders',
    description: 'What customers buy. Each sees and changes their own orders only.',
  },
  {
    placeOrder: {
      method: 'POST',
      path: '/orders',
      auth: 'user',
      summary: 'Places an order',
      description:
        'Answers at once; stock and payment follow, and `GET /orders/{orderId}` tells how it went. A repeated request with the same key answers the same order.',
      idempotent: true,
      body: NewOrder,
      responses: { 201: Order },
      errors: [UnknownProducts, MixedCurrencies],
    },
    listOrders: {
      method: 'GET',
      path: '/orders',
      auth: 'user',
      summary: 'The orders of the signed-in user, the newest first',
      query: pageQuery({ maxLimit: 50 }),
      responses: { 200: page(Order) },
    },
    getOrder: {
      method: 'GET',
      path: '/orders/{orderId}',
      auth: 'user',
      summary: 'One order of the signed-in user',
      params: z.object({ orderId: OrderId }),
      responses: { 200: Order, 404: Problem },
    },
    cancelOrder: {
      method: 'DELETE',
      path: '/orders/{orderId}',
      auth: 'user',
      summary: 'Asks to cancel an order',
      description: 'Possible until the order is confirmed; whether it was in time is told by its status.',
      params: z.object({ orderId: OrderId }),
      responses: { 202: Order, 404: Problem },
      errors: [TooLateToCancel],
    },
  },
);
