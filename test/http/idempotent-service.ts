import { createClient } from 'cdk-trellis/client';
import { binary, defineApi, defineProblem, Problem } from 'cdk-trellis/contract';
import { type MockOptions, mockApi } from 'cdk-trellis/mock';
import { route } from 'cdk-trellis/runtime';
import { inProcess } from 'cdk-trellis/testing';
import * as z from 'zod';

export class OutOfStock extends defineProblem({
  type: 'urn:problem:out-of-stock',
  title: 'Not enough in stock',
  status: 422,
}) {}

const isoDate = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});

export const api = defineApi(
  { name: 'shop', version: '1.0.0' },
  {
    place: {
      method: 'POST',
      path: '/shops/{shop}/orders',
      auth: 'user',
      idempotent: true,
      query: z.object({ gift: z.string().optional() }),
      body: z.object({ what: z.string(), note: z.string().optional() }),
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

/** Runs of the handlers; one of `slow` ends when `release` is called. */
export const shop = { runs: 0, release: () => {} };

type Made = { run: number; at: Date; text: string };

async function place(what: string) {
  shop.runs += 1;
  const problem = (status: 404 | 503) =>
    ({ status, body: { type: 'about:blank', title: `Run ${shop.runs}`, status } }) as const;
  switch (what) {
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
  const text = what === 'large' ? 'x'.repeat(500_000) : what === 'noise' ? noise(500_000) : what;
  const body: Made = { run: shop.runs, at: new Date(shop.runs), text };
  return { status: 201, body, headers: { location: `/orders/${shop.runs}` } } as const;
}

function noise(length: number): string {
  return Array.from({ length }, () => String.fromCharCode(33 + Math.floor(90 * Math.random()))).join('');
}

const draw = async (body: Uint8Array) =>
  ({ status: 200, body: new Uint8Array([...body, ++shop.runs]) }) as const;

export const placeHandler = route(api.place, {}, ({ body }) => place(body.what));
export const drawHandler = route(api.draw, {}, ({ body }) => draw(body));

const users: NonNullable<MockOptions['users']> = { ann: { sub: 'user-ann' }, bob: { sub: 'user-bob' } };

export type Fetch = ReturnType<typeof inProcess>;

/** The service in its forms: each `fetch` has responses of its own. */
export const services = {
  mock: (): Fetch =>
    mockApi(
      api,
      { place: ({ body }) => place(body.what) as never, draw: ({ body }) => draw(body) as never },
      { users, failed: () => {} },
    ),
  'handlers in this process': (): Fetch =>
    inProcess(api, { place: placeHandler.with({}), draw: drawHandler.with({}) }, { users }),
  'deployed handlers': (): Fetch => inProcess(api, { place: placeHandler, draw: drawHandler }, { users }),
};

export function clientOf(fetch: Fetch, token = 'ann') {
  return createClient(api, { baseUrl: 'https://shop.test', fetch, token: () => token });
}
