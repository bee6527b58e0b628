import { bodyOf } from './errors.js';

type PageCall = (
  // biome-ignore lint/suspicious/noExplicitAny: what an operation takes besides a cursor is its own.
  input: any,
) => Promise<
  | { readonly ok: false; readonly status: number; readonly body: unknown }
  | { readonly ok: true; readonly status: number; readonly body: AnyPage }
>;

interface AnyPage {
  readonly items: readonly unknown[];
  readonly nextCursor?: string | undefined;
}

type ItemOf<C extends PageCall> =
  Extract<Awaited<ReturnType<C>>, { ok: true }> extends {
    readonly body: { readonly items: readonly (infer Item)[] };
  }
    ? Item
    : never;

/**
 * The items of a listing, one page after the other; each page is asked for when its first item is.
 *
 * @param call an operation with `pageQuery` and `page`
 * @param input what each page is asked for with; a `cursor` in it says where to start
 * @throws RefusedError when a page is refused, CallError when there is no answer
 * @example
 * import { createClient, paginate } from 'cdk-trellis/client';
 * import { defineApi, page, pageQuery } from 'cdk-trellis/contract';
 * import * as z from 'zod';
 *
 * const api = defineApi({ name: 'orders', version: '1.0.0' }, {
 *   listOrders: { method: 'GET', path: '/orders', auth: 'public', query: pageQuery(), responses: { 200: page(z.string()) } },
 * });
 * const client = createClient(api, { baseUrl: '/api' });
 *
 * for await (const orderId of paginate(client.listOrders, { query: { limit: 100 } })) console.log(orderId.length);
 */
export async function* paginate<C extends PageCall>(
  call: C,
  ...[input]: Parameters<C>
): AsyncGenerator<ItemOf<C>, void, undefined> {
  let cursor: string | undefined = input?.query?.cursor;
  do {
    const query = { ...input?.query, ...(cursor !== undefined && { cursor }) };
    const page: AnyPage = bodyOf(await call({ ...input, query }));
    yield* page.items as ItemOf<C>[];
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
