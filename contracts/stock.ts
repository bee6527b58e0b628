import * as z from 'zod';
import { Money, ProductId } from './products.js';

/**
 * Functions of the products service that other services invoke synchronously. They are idempotent for an order: a
 * repeated call returns the same response and does not change the stock.
 *
 * Two runs of a workflow may carry out one order, if its event is published twice. The first run owns the reservation:
 * another run gets `duplicate`, and its release has no effect.
 */

/** Seconds after which a call has ended, also one without a response: a release that starts then cannot overtake it. */
export const STOCK_SECONDS = 10;

export const OrderId = z
  .string()
  .regex(/^ord_[0-9a-f]{32}$/, 'must look like ord_ and 32 hexadecimal digits');

export const Line = z.object({ productId: ProductId, quantity: z.int().min(1).max(99) });
export type Line = z.output<typeof Line>;

/** Lines of an order: at most 20 products, each once. */
export const Lines = z
  .array(Line)
  .min(1)
  .max(20)
  .refine((lines) => new Set(lines.map(({ productId }) => productId)).size === lines.length, {
    message: 'must have each product once',
  });

/** Request for the current prices of products. */
export const QuoteRequest = z.strictObject({ productIds: z.array(ProductId).min(1).max(20) });
export const Quote = z.object({
  products: z.array(z.object({ productId: ProductId, name: z.string(), price: Money })),
});

/** Run of the calling workflow. Callers without a run share the reservations without an owner. */
export const RunId = z.string().min(1).max(200).optional();

/** Reserves the products of an order, all or none. */
export const ReserveRequest = z.strictObject({ orderId: OrderId, lines: Lines, runId: RunId });
/** Releases the reservation of a run; without a reservation, later reservations of the run are rejected. */
export const ReleaseRequest = z.strictObject({ orderId: OrderId, runId: RunId });
/** Makes the reservation of a run final, so that it is not released as abandoned. */
export const SettleRequest = z.strictObject({ orderId: OrderId, runId: RunId });

export type StockResponse =
  | { readonly status: 'done' }
  /** Another run has reserved for this order. */
  | { readonly status: 'duplicate' }
  /** `products` have not enough stock; empty if the reservation was released before. */
  | { readonly status: 'refused'; readonly products: readonly string[] };

/** Function of one service that others invoke, with its request and result. */
export type PublishedFunction<Request extends z.ZodType, Result> = {
  // biome-ignore lint/suspicious/noExplicitAny: the context is Lambda's.
  readonly handler: (event: z.input<Request>, context: any) => Promise<Result>;
};

export type QuoteFunction = PublishedFunction<typeof QuoteRequest, z.output<typeof Quote>>;
export type ReserveFunction = PublishedFunction<typeof ReserveRequest, StockResponse>;
export type ReleaseFunction = PublishedFunction<typeof ReleaseRequest, StockResponse>;
export type SettleFunction = PublishedFunction<typeof SettleRequest, StockResponse>;
