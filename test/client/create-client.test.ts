import {
  bodyOf,
  CallError,
  type ClientOptions,
  createClient,
  paginate,
  ResponseError,
} from 'cdk-trellis/client';
import { shop, shopApi } from './api.js';

const BASE = 'https://shop.test/api';

let sent: Request[];
beforeEach(() => {
  sent = [];
});

/** Creates a client that records its requests; `responses`, in turn, replace those of the shop. */
function clientOf(options: Partial<ClientOptions> = {}, ...responses: (Response | Error)[]) {
  const fetch = async (url: string, init: RequestInit) => {
    sent.push(new Request(url, init));
    const response = responses.shift();
    if (response instanceof Error) throw response;
    return response ?? shop(url, init);
  };
  return createClient(shopApi, { baseUrl: BASE, token: () => 'ann', fetch, ...options });
}

const params = { thingId: 'a/b ü?', part: '..x' };
const order = { body: { quantity: 1 } };

describe('a request', () => {
  it('has encoded parameters, repeated ones for a list, and numbers and booleans as text', async () => {
    const result = await clientOf().getThing({ params, query: { limit: 5, open: true, tag: ['x', 'y z'] } });
    expect(sent[0]!.url).toBe(`${BASE}/things/a%2Fb%20%C3%BC%3F/parts/..x?limit=5&open=true&tag=x&tag=y+z`);
    expect(bodyOf(result as any)).toMatchObject({
      seen: { params, query: { limit: 5, open: true, tag: ['x', 'y z'] } },
    });
  });

  it('omits undefined values', async () => {
    await clientOf().getThing({ params, query: { tag: undefined } });
    expect(sent[0]!.url).toBe(`${BASE}/things/a%2Fb%20%C3%BC%3F/parts/..x`);
  });

  it.each(['.', '..', ''])(
    'with the path parameter "%s" is rejected: a URL cannot contain it',
    async (part) => {
      await expect(clientOf().getThing({ params: { thingId: 'x', part } })).rejects.toThrow(
        '`params.part` must not be empty, "." or ".."',
      );
      expect(sent).toEqual([]);
    },
  );

  it('has the headers that the operation declares, and those of the client', async () => {
    const headers = async () => ({ 'x-api-key': 'key' });
    const result = await clientOf({ headers }).getThing({
      params,
      headers: { 'x-shop': 'main', 'x-count': 3 },
    });
    expect((result.body as any).seen.headers).toEqual({ 'x-shop': 'main', 'x-count': 3 });
    expect(sent[0]!.headers.get('x-api-key')).toBe('key');
  });

  it('accepts a base URL with a trailing slash', async () => {
    await clientOf({ baseUrl: `${BASE}/` }).listOrders();
    expect(sent[0]!.url).toBe(`${BASE}/orders`);
  });

  it('has the token, unless the operation is public', async () => {
    const client = clientOf({ token: async () => 'ann' });
    await client.placeOrder(order);
    await client.listOrders();
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer ann', null]);
  });

  it('fails with the reason if the token is unavailable', async () => {
    const token = async () => Promise.reject(new Error('signed out'));
    await expect(clientOf({ token }).placeOrder(order)).rejects.toThrow('signed out');
  });

  it('has a new idempotency key, or the one of the input', async () => {
    const client = clientOf();
    const first = bodyOf(await client.placeOrder(order));
    const second = bodyOf(await client.placeOrder(order));
    expect(first.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(second.key).not.toBe(first.key);
    expect(bodyOf(await client.placeOrder({ ...order, idempotencyKey: 'mine' })).key).toBe('mine');
  });
});

describe('a result', () => {
  it('is parsed with the contract: codecs and defaults are applied', async () => {
    const result = await clientOf().getThing({ params });
    expect(result).toMatchObject({ ok: true, status: 200, body: { at: new Date('2027-01-01T00:00:00Z') } });
    if (result.status === 200) expect(result.headers.etag).toBe('"1"');
  });

  it('is not parsed without `validate`', async () => {
    const result = await clientOf({ validate: false }).getThing({ params });
    expect(result.body).toMatchObject({ at: '2027-01-01T00:00:00.000Z' });
  });

  it('that is a problem is a value, discriminated by its status and type', async () => {
    const client = clientOf();
    const missing = await client.getThing({ params: { ...params, thingId: 'none' } });
    expect(missing).toMatchObject({ ok: false, status: 404, body: { title: 'None' } });
    const much = await client.placeOrder({ body: { quantity: 11 } });
    expect(much).toMatchObject({
      ok: false,
      status: 409,
      body: { type: 'urn:problem:out-of-stock', available: 10 },
    });
    const closed = await client.placeOrder({ body: { quantity: -1 } });
    expect(closed).toMatchObject({ ok: false, status: 409, body: { type: 'urn:problem:closed' } });
  });

  it('that is a shared error is a value, too', async () => {
    const unauthorized = await clientOf({ token: () => undefined }).placeOrder(order);
    expect(unauthorized).toMatchObject({ ok: false, status: 401, body: { title: 'Unauthorized' } });
    const invalid = await clientOf().placeOrder({ body: { quantity: 'x' as never } });
    expect(invalid).toMatchObject({ status: 400, body: { errors: [{ in: 'body', path: '.quantity' }] } });
  });

  it('of a gateway that returns HTML is a problem', async () => {
    const html = new Response('<h1>Bad gateway</h1>', {
      status: 502,
      headers: { 'content-type': 'text/html' },
    });
    expect(await clientOf({ retries: 0 }, html).listOrders()).toMatchObject({
      ok: false,
      status: 502,
      body: { type: 'about:blank', status: 502 },
    });
  });

  it('of several content types has the requested one', async () => {
    const client = clientOf();
    expect(await client.getReport()).toMatchObject({ type: 'application/json', body: { total: 5 } });
    expect(await client.getReport({ accept: 'text/csv' })).toMatchObject({
      type: 'text/csv',
      body: 'total\n5\n',
    });
    const image = await client.getReport({ accept: 'image/png' });
    expect(image).toMatchObject({ type: 'image/png', body: new Uint8Array([1, 2]) });
  });

  it('of bytes is bytes', async () => {
    const client = clientOf();
    const bytes = new Uint8Array([0, 255, 128]);
    const png = await client.putPhoto({ body: bytes, contentType: 'image/png' });
    expect(png).toMatchObject({ status: 200, body: new Uint8Array([0, 255, 128, 1]) });
    const jpeg = await client.putPhoto({ body: new Blob([bytes]), contentType: 'image/jpeg' });
    expect(jpeg).toMatchObject({ body: new Uint8Array([0, 255, 128, 2]) });
    expect(await client.putPhoto({ body: new Uint8Array(101), contentType: 'image/png' })).toMatchObject({
      status: 413,
    });
  });

  it('without a body has none', async () => {
    expect(await clientOf().renameOrder({ body: {} })).toMatchObject({
      ok: true,
      status: 204,
      body: undefined,
    });
  });
});

describe('a response that is not in the contract is thrown:', () => {
  const json = { 'content-type': 'application/json' };

  it.each([
    ['another status', new Response('teapot', { status: 418 }), '418, not in the contract'],
    [
      'another content type',
      new Response('<html>', { headers: { 'content-type': 'text/html' } }),
      'content type "text/html" not in the contract',
    ],
    ['invalid JSON', new Response('{', { headers: json }), 'body is not JSON'],
    ['another body', new Response('{"items":5}', { headers: json }), 'invalid body'],
  ])('%s', async (_name, response, message) => {
    const error = await clientOf({}, response)
      .listOrders()
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({
      kind: 'unexpected',
      operation: 'listOrders',
      response: { status: response.status },
    });
    expect(error.message).toContain(message);
  });
});

describe('a call with a transient failure', () => {
  const busy = (headers = {}) => new Response('', { status: 503, headers });
  beforeEach(() => jest.spyOn(Math, 'random').mockReturnValue(0.01));
  afterEach(() => jest.restoreAllMocks());

  it.each([429, 502, 503, 504])('with %d is repeated', async (status) => {
    const result = await clientOf(
      {},
      new Response('', { status }),
      new Response('', { status }),
    ).listOrders();
    expect([result.ok, sent.length]).toEqual([true, 3]);
  });

  it('without a response is repeated, with the same idempotency key', async () => {
    const result = await clientOf({}, new TypeError('fetch failed')).placeOrder(order);
    expect(result.ok).toBe(true);
    const keys = sent.map(({ headers }) => headers.get('idempotency-key'));
    expect([keys.length, keys[0] === keys[1]]).toEqual([2, true]);
  });

  it('is not repeated if it is not idempotent', async () => {
    expect(await clientOf({}, busy()).renameOrder({ body: {} })).toMatchObject({ ok: false, status: 503 });
    expect(sent).toHaveLength(1);
  });

  it.each([400, 404, 500])('is not repeated for %d, which the request causes', async (status) => {
    await clientOf({}, new Response('', { status }))
      .listOrders()
      .catch(() => {});
    expect(sent).toHaveLength(1);
  });

  it('fails after the retries', async () => {
    expect(await clientOf({ retries: 1 }, busy(), busy(), busy()).listOrders()).toMatchObject({
      status: 503,
    });
    expect(sent).toHaveLength(2);
    sent = [];
    const error = await clientOf({ retries: 1 }, new TypeError('a'), new TypeError('b'))
      .listOrders()
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ kind: 'network', message: `listOrders: cannot reach ${BASE}/orders` });
    expect(error.cause.message).toBe('b');
  });

  it('waits as long as `Retry-After`', async () => {
    const start = Date.now();
    await clientOf({}, busy({ 'retry-after': '1' })).listOrders();
    expect(Date.now() - start).toBeGreaterThanOrEqual(990);
    sent = [];
    await clientOf({}, busy({ 'retry-after': new Date(Date.now() - 5000).toUTCString() })).listOrders();
    expect(sent).toHaveLength(2);
  });

  it('is not repeated if `Retry-After` exceeds the timeout', async () => {
    const result = await clientOf({}, busy({ 'retry-after': '60' })).listOrders();
    expect([result.status, sent.length]).toEqual([503, 1]);
  });
});

describe('a call', () => {
  const never = (_url: string, { signal }: RequestInit) =>
    new Promise<Response>((_resolve, reject) =>
      signal?.addEventListener('abort', () => reject(new Error('aborted'))),
    );

  it('that takes too long times out', async () => {
    const client = clientOf({ fetch: never, timeout: 20 });
    await expect(client.listOrders()).rejects.toMatchObject({
      kind: 'timeout',
      message: 'listOrders: timed out in 20 ms',
    });
    await expect(client.listOrders({ timeout: 5 })).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('can be aborted, before and while it runs and while it waits to be repeated', async () => {
    const reason = new Error('the user left');
    const aborted = AbortSignal.abort(reason);
    await expect(clientOf({ fetch: never }).listOrders({ signal: aborted })).rejects.toBe(reason);
    for (const options of [
      { fetch: never },
      { fetch: async () => new Response('', { status: 503, headers: { 'retry-after': '5' } }) },
    ]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 10);
      await expect(clientOf(options).listOrders({ signal: controller.signal })).rejects.toBe(reason);
    }
  });
});

describe('paginate', () => {
  it('yields the items of all pages, and requests each page on demand', async () => {
    const items: string[] = [];
    for await (const item of paginate(clientOf().listOrders, { query: { limit: 2 } })) items.push(item);
    expect(items).toEqual(['a', 'b', 'c']);
    expect(sent.map(({ url }) => new URL(url).search)).toEqual([
      '?limit=2',
      '?limit=2&cursor=two',
      '?limit=2&cursor=three',
    ]);
    sent = [];
    for await (const item of paginate(clientOf().listOrders)) if (item === 'b') break;
    expect(sent).toHaveLength(1);
  });

  it('throws a response that is not a success', async () => {
    const iterate = async () => {
      for await (const _ of paginate(clientOf().listOrders, { query: { limit: 1000 } }));
    };
    await expect(iterate()).rejects.toThrow(ResponseError);
    await expect(iterate()).rejects.toThrow('400 - The request is not valid - query.limit');
  });
});

it('bodyOf returns the body of a success and throws other responses', async () => {
  const client = clientOf();
  expect(bodyOf(await client.listOrders())).toMatchObject({ items: ['a', 'b'] });
  const conflict = await client.placeOrder({ body: { quantity: 11 } });
  expect(() => bodyOf(conflict)).toThrow('409 - Not enough in stock - Ten are left.');
});
