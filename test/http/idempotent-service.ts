import { createClient } from 'cdk-trellis/client';
import { binary, defineApi, defineProblem, Problem } from 'cdk-trellis/contract';
import { type MockOptions, mockApi } from 'cdk-trellis/mock';
import { route } from 'cdk-trellis/runtime';
import { inProcess } from 'cdk-trellis/testing';
import * as z from 'zod';
import { isoDate } from '../fixtures/contract.js';

export class OutOfStock extends defineProblem({
  type: 'urn:problem:out-of-stock',
  title: 'Not enough in stock',
  status: 422,
}) {}

export const api = defineApi(
  { name: 'shop', version: '1.0.0' },
  {
    place: {
      method: 'POST',
      path: '/shops/{shop}/orders',
      auth: 'user',
      idempotent: true,
      query: z.object({ gift: z.string().optional() }),
      body: z.object({ item: z.string(), note: z.string().optional() }),
      responses: {
        201: {
          body: z.object({ run: z.int(), at: isoDate, text: z.string() }),
          headers: z.object({ location: z.string() }),
        },
        404: Problem,
        503: Problem,
      },
      errors: [OutOfStock],
    },
    draw: {
      method: 'POST',
      path: '/drawings',
      auth: 'public',
      idempotent: { key: 'optional', expiresAfterSeconds: 60 },
      body: binary('image/png'),
      responses: { 200: binary('image/png') },
    },
  },
);

/** Number of the handlers' runs; a run of `slow` ends when `release` is called. */
export const shop = { runs: 0, release: () => {} };

type PlacedOrder = { run: number; at: Date; text: string };

async function place(item: string) {
  shop.runs += 1;
  const problem = (status: 404 | 503) =>
    ({ status, body: { type: 'about:blank', title: `Run ${shop.runs}`, status } }) as const;
  switch (item) {
    case 'sold out':
      throw new OutOfStock();
    case 'broken':
      throw new Error('broken');
    case 'nothing':
      return problem(404);
    case 'busy':
      return problem(503);
    case 'slow':
      await new Promise<void>((resolve) => {
        shop.release = resolve;
      });
  }
  const text = item === 'large' ? 'x'.repeat(500_000) : item === 'noise' ? noise(500_000) : item;
  const body: PlacedOrder = { run: shop.runs, at: new Date(shop.runs), text };
  return { status: 201, body, headers: { location: `/orders/${shop.runs}` } } as const;
}

function noise(length: number): string {
  return Array.from({ length }, () => String.fromCharCode(33 + Math.floor(90 * Math.random()))).join('');
}

const draw = async (body: Uint8Array) =>
  ({ status: 200, body: new Uint8Array([...body, ++shop.runs]) }) as const;

export const placeHandler = route(api.place, {}, ({ body }) => place(body.item));
export const drawHandler = route(api.draw, {}, ({ body }) => draw(body));

const users: NonNullable<MockOptions['users']> = { ann: { sub: 'user-ann' }, bob: { sub: 'user-bob' } };

export type Fetch = ReturnType<typeof inProcess>;

/** Ways to serve the API; each `fetch` has its own store of responses. */
export const services = {
  mock: (): Fetch =>
    mockApi(
      api,
      { place: ({ body }) => place(body.item) as never, draw: ({ body }) => draw(body) as never },
      { users, failed: () => {} },
    ),
  'handlers in this process': (): Fetch =>
    inProcess(api, { place: placeHandler.with({}), draw: drawHandler.with({}) }, { users }),
  'deployed handlers': (): Fetch => inProcess(api, { place: placeHandler, draw: drawHandler }, { users }),
};

export function clientOf(fetch: Fetch, token = 'ann') {
  return createClient(api, { baseUrl: 'https://shop.test', fetch, token: () => token });
}
