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
  /** Reason of a refused order. */
  reason: RefusalReason.optional(),
  /** True if the customer has requested cancellation; it may be too late. */
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

/** Card token of the payment provider's form in the browser; the shop never receives the card's number. */
const CardToken = z
  .string()
  .regex(/^tok_[a-z_]{1,40}$/, 'must be a token of the payment form, for example tok_approve');

export const NewOrder = z.object({ lines: Lines, address: Address, cardToken: CardToken });

export class UnknownProducts extends defineProblem({
  type: 'urn:problem:unknown-products',
  title: 'Unknown products',
  status: 422,
  extensions: z.object({ products: z.array(z.string()) }),
}) {}

export class MixedCurrencies extends defineProblem({
  type: 'urn:problem:mixed-currencies',
  title: 'An order must have one currency',
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
    description: 'Orders of customers. A customer sees and changes only their own orders.',
  },
  {
    placeOrder: {
      method: 'POST',
      path: '/orders',
      auth: 'user',
      summary: 'Places an order',
      description:
        'Responds before stock and payment are processed; `GET /orders/{orderId}` has the result. A repeated request with the same key returns the same order.',
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
      summary: 'Requests the cancellation of an order',
      description: 'Possible until the order is confirmed; the status of the order has the outcome.',
      params: z.object({ orderId: OrderId }),
      responses: { 202: Order, 404: Problem },
      errors: [TooLateToCancel],
    },
  },
);
