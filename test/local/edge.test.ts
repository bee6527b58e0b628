import { createServer } from 'node:net';
import { edgeAddress, openEdge } from '../../lib/local/edge.js';
import { ask, deployDistribution, type Received, type RequestOptions } from './distribution.js';
import { Emulator } from './emulator.js';
import { unverifiedCallers } from './unverified-callers.js';

let emulator: Emulator;
let domain: string;

beforeAll(async () => {
  emulator = await Emulator.start();
  domain = await deployDistribution(emulator);
  await openEdge(emulator.instance, emulator.state, `https://${domain}`);
});
afterAll(() => emulator?.stop());

const site = () => edgeAddress(emulator.instance, emulator.state)!;
const get = (path: string, asked?: RequestOptions): Promise<Received> => ask(`${site()}${path}`, asked);

it('serves a page under every path without an extension, by the function that runs for each request', async () => {
  for (const path of ['/', '/products/prd_1', '/orders']) {
    const { status, headers, body } = await get(path);
    expect([status, headers['content-type'], body.toString()]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<!doctype html><title>Shop</title>',
    ]);
  }
});

it('returns the response of a function', async () => {
  const { status, headers, body } = await get('/teapot');
  expect([status, headers['x-by'], body.toString()]).toEqual([418, 'function', 'short']);
});

it('serves an API under its paths, and its errors as they are', async () => {
  const found = await get('/api/orders/7?page=2');
  expect(JSON.parse(found.body.toString())).toMatchObject({ path: '/orders/7', query: { page: '2' } });
  const missing = await get('/api/orders/none');
  expect([missing.status, missing.headers['content-type']]).toEqual([404, 'application/json']);
});

it('requires a verified signature for an operation with IAM authorization', async () => {
  const { credentials } = emulator.instance;
  for (const { header, query } of unverifiedCallers(credentials.accessKeyId)) {
    const headers = { ...(header && { authorization: header }) };
    const { status } = await get(query ? `/api/orders/own?${query}` : '/api/orders/own', { headers });
    expect([header, query, status]).toEqual([header, query, 403]);
  }
});

it.each([
  '/login',
  '/.well-known/jwks.json',
  '/health',
  '/_ministack/health',
  '/restapis/1/api/_user_request_/',
])('has the path %s for the site, whatever the emulator has there itself', async (path) => {
  const { headers } = await get(path);
  expect(headers['x-amz-cf-id']).toBeDefined();
  expect(headers['x-content-type-options']).toBe('nosniff');
});

it('does not serve what is beside the site, nor what is not there', async () => {
  for (const path of ['/secret.txt', '/../secret.txt', '/%2e%2e/secret.txt', '/none.js'])
    expect((await get(path)).status).toBe(404);
});

it('refuses a method that the behaviour does not allow', async () => {
  expect((await get('/', { method: 'POST', body: '{}' })).status).toBe(403);
});

it('replaces the address of the user pool in the configuration, also a cached one, and in the security policy', async () => {
  const { headers, body } = await get('/config.json');
  expect(JSON.parse(body.toString())).toEqual({ users: { endpoint: emulator.endpoint } });
  expect(headers['content-security-policy']).toBe(`connect-src 'self' ${emulator.endpoint}`);
  const again = await get('/config.json', { headers: { 'if-none-match': String(headers.etag) } });
  expect(again.status).toBe(200);
});

it('keeps its port when it is opened again, also after a restart', async () => {
  const before = site();
  await openEdge(emulator.instance, emulator.state, `https://${domain}`);
  expect(site()).toBe(before);
  await emulator.save();
  await emulator.kill();
  await emulator.restart();
  expect(site()).toBeUndefined();
  await openEdge(emulator.instance, emulator.state, `https://${domain}`);
  expect(site()).toBe(before);
  expect((await get('/')).status).toBe(200);
});

it('takes another port when its own is taken', async () => {
  const taken = new URL(site()).port;
  await emulator.save();
  await emulator.kill();
  const server = createServer().listen(Number(taken), '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  await emulator.restart();
  await openEdge(emulator.instance, emulator.state, `https://${domain}`);
  server.close();
  expect(new URL(site()).port).not.toBe(taken);
  expect((await get('/')).status).toBe(200);
});

it('reports an unknown distribution', async () => {
  await expect(openEdge(emulator.instance, emulator.state, 'https://d0.cloudfront.net')).rejects.toThrow(
    /The site https:\/\/d0\.cloudfront\.net cannot be served on port \d+ of this machine: no distribution has the domain name d0\.cloudfront\.net/,
  );
});
