// Compiled, never run: the types of calls and results.
import { bodyOf, createClient, paginate } from 'cdk-trellis/client';
import { binary, defineApi, type Problem, page, pageQuery } from 'cdk-trellis/contract';
import * as z from 'zod';
import { isoDate, OutOfStock } from '../fixtures/contract.js';

const api = defineApi(
  { name: 'orders', version: '1.0.0' },
  {
    getOrder: {
      method: 'GET',
      path: '/orders/{orderId}/lines/{line}',
      auth: 'user',
      params: z.object({ line: z.coerce.number() }),
      query: z.object({
        limit: z.coerce.number().optional(),
        day: z.string(),
        open: z.stringbool().optional(),
      }),
      responses: {
        200: { body: z.object({ at: isoDate }), headers: z.object({ etag: z.string() }) },
        202: {},
      },
    },
    placeOrder: {
      method: 'POST',
      path: '/orders',
      auth: 'user',
      idempotencyKey: true,
      headers: z.object({ 'x-shop': z.string() }),
      body: z.object({ quantity: z.int(), note: z.string().default('') }),
      responses: { 201: z.object({ note: z.string().default('') }) },
      errors: [OutOfStock],
    },
    listOrders: {
      method: 'GET',
      path: '/orders',
      auth: 'public',
      query: pageQuery(),
      responses: { 200: page(z.int()) },
    },
    getReport: {
      method: 'GET',
      path: '/report',
      auth: 'public',
      responses: { 200: { content: { 'application/json': z.array(z.int()), 'text/csv': z.string() } } },
    },
    putPhoto: {
      method: 'PUT',
      path: '/photo',
      auth: 'public',
      body: binary(['image/png', 'image/jpeg']),
      responses: { 200: binary('image/png') },
    },
    putIcon: {
      method: 'PUT',
      path: '/icon',
      auth: 'public',
      body: binary('image/png'),
      responses: { 204: {} },
    },
  },
);
const client = createClient(api, { baseUrl: '/api' });
const is = <T>(value: T) => value;

export async function results() {
  const result = await client.getOrder({
    params: { orderId: 'x', line: 3 },
    query: { day: 'today', limit: 5, open: true },
  });
  switch (result.status) {
    case 200:
      is<true>(result.ok);
      is<Date>(result.body.at);
      is<string>(result.headers.etag);
      break;
    case 202:
      is<undefined>(result.body);
      break;
    case 304:
      is<false>(result.ok);
      break;
    case 401:
    case 429:
    case 500:
      is<Problem>(result.body);
      break;
    // @ts-expect-error a status that is not in the contract
    case 409:
      break;
  }
  if (result.ok) is<200 | 202>(result.status);
  // @ts-expect-error only some results have it
  result.body.at;

  const placed = await client.placeOrder({
    body: { quantity: 1 },
    headers: { 'x-shop': 'a' },
    idempotencyKey: 'k',
  });
  if (placed.status === 409) is<number>(placed.body.available);
  is<{ note: string }>(bodyOf(placed));

  const report = await client.getReport({ accept: 'text/csv' });
  if (report.ok && report.type === 'text/csv') is<string>(report.body);
  if (report.ok && report.type === 'application/json') is<number[]>(report.body);

  const photo = await client.putPhoto({ body: new Uint8Array(), contentType: 'image/png' });
  if (photo.ok) is<Uint8Array>(photo.body);
  await client.putIcon({ body: new Uint8Array() });

  for await (const item of paginate(client.listOrders, { query: { limit: 3 } })) is<number>(item);
  for await (const item of paginate(client.listOrders)) is<number>(item);
}

export async function errors() {
  // @ts-expect-error path and query are required
  await client.getOrder();
  // @ts-expect-error a parameter is missing
  await client.getOrder({ params: { orderId: 'x' }, query: { day: '' } });
  // @ts-expect-error a parameter that the path does not have
  await client.getOrder({ params: { orderId: 'x', line: 1, other: 1 }, query: { day: '' } });
  // @ts-expect-error a number for a text
  await client.getOrder({ params: { orderId: 'x', line: 1 }, query: { day: 5 } });
  // @ts-expect-error a header is missing
  await client.placeOrder({ body: { quantity: 1 } });
  // @ts-expect-error a body of another shape
  await client.placeOrder({ body: { quantity: '1' }, headers: { 'x-shop': '' } });
  // @ts-expect-error an operation without an idempotency key
  await client.listOrders({ idempotencyKey: 'k' });
  // @ts-expect-error a content type that it does not return
  await client.getReport({ accept: 'text/html' });
  // @ts-expect-error the content type is required
  await client.putPhoto({ body: new Uint8Array() });
  // @ts-expect-error an operation that is not in the contract
  await client.getNothing();
  // @ts-expect-error only list operations have pages
  for await (const item of paginate(client.getReport)) is<number>(item);
}
