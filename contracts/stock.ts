import * as z from 'zod';
import { Money, ProductId } from './products.js';

/**
 * What the products service does for other services: functions that they invoke and wait for. Each may be repeated
 * with the same order: the answer and the stock stay the same.
 *
 * Two runs of a workflow may carry out one order (its event was published twice). The first one owns what it did:
 * another run is told `duplicate`, and what another run releases is nothing.
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

/** The run of a workflow that asks. Callers without one share what has no owner. */
export const RunId = z.string().min(1).max(200).optional();

/** Takes the products of an order from the stock, all or none. */
export const ReserveRequest = z.strictObject({ orderId: OrderId, lines: Lines, runId: RunId });
/** Gives back what this run has reserved; if it has nothing, a reservation of this run comes too late from now on. */
export const ReleaseRequest = z.strictObject({ orderId: OrderId, runId: RunId });
/** Makes the reservation of this run final: nobody releases it as abandoned any more. */
export const SettleRequest = z.strictObject({ orderId: OrderId, runId: RunId });

export type StockResponse =
  | { readonly status: 'done' }
  /** Another run has reserved for this order. */
  | { readonly status: 'duplicate' }
  /** `products` are those of which there is not enough; empty when the reservation was released before. */
  | { readonly status: 'refused'; readonly products: readonly string[] };

/** A function of one service that others invoke: what it takes and answers. */
export type PublishedFunction<Request extends z.ZodType, Reply> = {
  // biome-ignore lint/suspicious/noExplicitAny: the context is Lambda's.
  readonly handler: (event: z.input<Request>, context: any) => Promise<Reply>;
};

export type QuoteFunction = PublishedFunction<typeof QuoteRequest, z.output<typeof Quote>>;
export type ReserveFunction = PublishedFunction<typeof ReserveRequest, StockResponse>;
export type ReleaseFunction = PublishedFunction<typeof ReleaseRequest, StockResponse>;
export type SettleFunction = PublishedFunction<typeof SettleRequest, StockResponse>;
