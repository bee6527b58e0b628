import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'cdk-trellis/client';
import { defineApi, defineProblem, Problem } from 'cdk-trellis/contract';
import { type MockOptions, mockApi, nodeHandler } from 'cdk-trellis/mock';
import { build } from 'esbuild';
import * as z from 'zod';
import { productsApi } from '../../contracts/products.js';

const Closed = defineProblem({ type: 'urn:problem:closed', title: 'The shop is closed', status: 409 });
const isoDate = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});
const partners = {
  authorizer: 'partners',
  context: z.object({ partnerId: z.string(), level: z.number() }),
} as const;

const api = defineApi(
  { name: 'orders', version: '1.0.0' },
  {
    getOrder: {
      method: 'GET',
      path: '/orders/{orderId}',
      auth: 'user',
      responses: { 200: z.object({ orderId: z.string(), by: z.string() }), 404: Problem },
    },
    placeOrder: {
      method: 'POST',
      path: '/orders',
      auth: { group: 'customers' },
      body: z.object({ quantity: z.int() }),
      responses: { 201: z.object({ quantity: z.int() }) },
      errors: [Closed],
    },
    today: {
      method: 'GET',
      path: '/today',
      auth: 'public',
      responses: {
        200: { body: z.object({ at: isoDate }), examples: { new: { at: '2027-01-01T00:00:00.000Z' } } },
      },
    },
    ping: { method: 'DELETE', path: '/alive', auth: 'public', responses: { 204: {} } },
    plain: { method: 'GET', path: '/plain', auth: 'public', responses: { 200: z.string() } },
    partner: { method: 'GET', path: '/partner', auth: partners, responses: { 200: z.number() } },
    signed: { method: 'GET', path: '/signed', auth: 'iam', responses: { 200: z.string() } },
  },
);

const users: MockOptions['users'] = {
  ann: { sub: 'user-1', groups: ['customers'] },
  bob: { sub: 'user-2' },
  acme: { context: { partnerId: 'acme', level: 3 } },
};
const failures: unknown[] = [];
const mock = mockApi(
  api,
  {
    getOrder: ({ params, user }) => ({ status: 200, body: { orderId: params.orderId, by: user.sub } }),
    placeOrder: async ({ body }) => {
      if (body.quantity === 0) throw new Closed();
      return { status: 201, body: { quantity: body.quantity === 9 ? ('nine' as never) : body.quantity } };
    },
    partner: ({ context }) => ({ status: 200, body: context.level }),
    signed: ({ caller }) => ({ status: 200, body: caller.arn }),
  },
  { users, basePath: '/api', failed: (error) => failures.push(error) },
);
const clientOf = (token?: string) =>
  createClient(api, { baseUrl: 'https://mock/api', fetch: mock, token: () => token });

describe('a mock', () => {
  it('returns the responses of its handlers', async () => {
    const result = await clientOf('ann').getOrder({ params: { orderId: 'a/b' } });
    expect(result).toMatchObject({ status: 200, body: { orderId: 'a/b', by: 'user-1' } });
  });

  it('rejects requests like the deployed functions', async () => {
    expect(await clientOf().getOrder({ params: { orderId: 'x' } })).toMatchObject({ status: 401 });
    expect(await clientOf('mallory').getOrder({ params: { orderId: 'x' } })).toMatchObject({ status: 401 });
    expect(await clientOf('constructor').getOrder({ params: { orderId: 'x' } })).toMatchObject({
      status: 401,
    });
    expect(await clientOf('bob').placeOrder({ body: { quantity: 1 } })).toMatchObject({ status: 403 });
    expect(await clientOf('ann').placeOrder({ body: { quantity: 1.5 } })).toMatchObject({
      status: 400,
      body: { errors: [{ in: 'body', path: '.quantity' }] },
    });
    expect(await clientOf('ann').placeOrder({ body: { quantity: 0 } })).toMatchObject({
      status: 409,
      body: { type: 'urn:problem:closed' },
    });
  });

  it('returns 500 for a response that breaks the contract, and reports the reason', async () => {
    expect(await clientOf('ann').placeOrder({ body: { quantity: 9 } })).toMatchObject({ status: 500 });
    expect(String(failures)).toContain('returned 201 with a body that breaks its contract');
  });

  it('authenticates callers of every kind', async () => {
    expect(await clientOf('acme').partner()).toMatchObject({ status: 200, body: 3 });
    expect(await clientOf('ann').partner()).toMatchObject({ status: 401 });
    const signed = await mock('https://mock/api/signed', {
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=x' },
    });
    expect(await signed.json()).toBe('arn:aws:iam::123456789012:user/mock');
  });

  it('returns the first example, an empty response, or 501 without a handler', async () => {
    expect(await clientOf().today()).toMatchObject({
      status: 200,
      body: { at: new Date('2027-01-01T00:00:00Z') },
    });
    expect(await clientOf().ping()).toMatchObject({ status: 204 });
    const response = await mock('https://mock/api/plain');
    expect([response.status, (await response.json()).detail]).toEqual([
      501,
      'Pass `mockApi` a handler for plain, or add an example to its success response.',
    ]);
  });

  it.each([
    ['GET', '/other', 404, null],
    ['GET', '/orders/a/b', 404, null],
    ['PATCH', '/orders', 405, 'POST, OPTIONS'],
    ['OPTIONS', '/today', 204, 'GET, HEAD, OPTIONS'],
    ['HEAD', '/today', 200, null],
  ])('returns for %s %s the status %d', async (method, path, status, allow) => {
    const response = await mock(`https://mock/api${path}`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([status, allow]);
    if (status !== 404 && status !== 405) expect(await response.text()).toBe('');
  });

  it('accepts a Request, like a service worker', async () => {
    const request = new Request('https://mock/api/orders', {
      method: 'POST',
      headers: { authorization: 'Bearer ann', 'content-type': 'application/json' },
      body: '{"quantity":2}',
    });
    expect(await (await mock(request)).json()).toEqual({ quantity: 2 });
  });

  it('of the products returns the examples of its contract', async () => {
    const products = createClient(productsApi, { baseUrl: 'https://mock', fetch: mockApi(productsApi) });
    expect(await products.listProducts()).toMatchObject({
      status: 200,
      body: { items: [{ name: 'Oak desk lamp' }] },
    });
  });
});

describe('a mock in a Node server', () => {
  it('returns the same responses, also when mounted', async () => {
    const handler = nodeHandler(mock);
    const server = createServer((request, response) => {
      // Like Vite with a middleware at /api.
      void handler(
        Object.assign(request, { originalUrl: request.url, url: request.url!.replace('/api', '') }),
        response,
      );
    }).listen(0);
    try {
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
      const client = createClient(api, { baseUrl, token: () => 'ann' });
      expect(await client.placeOrder({ body: { quantity: 3 } })).toMatchObject({
        status: 201,
        body: { quantity: 3 },
      });
      expect(await client.ping()).toMatchObject({ status: 204 });
      expect((await fetch(`${baseUrl}/other?x=1`)).status).toBe(404);
    } finally {
      server.close();
    }
  });
});

it('a mock in a browser includes no code of AWS or Node', async () => {
  const { metafile } = await build({
    stdin: {
      contents: "export * from './lib/mock/index.ts'; export * from './lib/client/index.ts';",
      resolveDir: process.cwd(),
    },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['cdk-trellis-source'],
    write: false,
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs).toContain('lib/http/serve.ts');
  expect(inputs.filter((file) => /node_modules\/(?!zod)/.test(file))).toEqual([]);
});
