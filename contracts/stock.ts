import * as z from 'zod';
import { Money, ProductId } from './products.js';

/**
 * What the products service does for other services: functions that they invoke and wait for. Each may be repeated
 * with the same order: the answer and the stock stay the same.
 */

export const OrderId = z
  .string()
  .regex(/^ord_[0-9a-f]{32}$/, 'must look like ord_ and 32 hexadecimal digits');

export const Line = z.object({ productId: ProductId, quantity: z.int().min(1).max(99) });
export type Line = z.output<typeof Line>;

/** What is ordered: at most 20 products, each once. */
export const Lines = z
  .array(Line)
  .min(1)
  .max(20)
  .refine((lines) => new Set(lines.map(({ productId }) => productId)).size === lines.length, {
    message: 'must have each product once',
  });

/** What products cost now. */
export const QuoteRequest = z.strictObject({ productIds: z.array(ProductId).min(1).max(20) });
export const Quote = z.object({
  products: z.array(z.object({ productId: ProductId, name: z.string(), price: Money })),
});

/** Takes the products of an order from the stock, all or none. */
export const ReserveRequest = z.strictObject({ orderId: OrderId, lines: Lines });
/** Gives them back; of an order that has none, prevents that it ever gets any. */
export const ReleaseRequest = z.strictObject({ orderId: OrderId });
/** Makes a reservation final: nobody releases it as abandoned any more. */
export const SettleRequest = z.strictObject({ orderId: OrderId });

export type StockReply =
  | { readonly status: 'done' }
  /** `products` are those of which there is not enough; empty when the reservation was released before. */
  | { readonly status: 'refused'; readonly products: readonly string[] };

/** A function of one service that others invoke: what it takes and answers. */
export type PublishedFunction<Request extends z.ZodType, Reply> = {
  // biome-ignore lint/suspicious/noExplicitAny: the context is Lambda's.
  readonly handler: (event: z.input<Request>, context: any) => Promise<Reply>;
};

export type QuoteFunction = PublishedFunction<typeof QuoteRequest, z.output<typeof Quote>>;
export type ReserveFunction = PublishedFunction<typeof ReserveRequest, StockReply>;
export type ReleaseFunction = PublishedFunction<typeof ReleaseRequest, StockReply>;
export type SettleFunction = PublishedFunction<typeof SettleRequest, StockReply>;
