import { bodyOf } from './errors.js';

type PageCall = (
  // biome-ignore lint/suspicious/noExplicitAny: the input differs for each operation.
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
 * Iterates over the items of a list operation. Each page is requested when its first item is read.
 *
 * @param call an operation with `pageQuery` and `page`
 * @param input input of each call; its `cursor` is the start of the first page
 * @throws ResponseError for a response that is not a success, CallError without a response
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
