import type { Context } from 'aws-lambda';
import { defineApi, defineProblem, Problem, ProblemError } from 'cdk-trellis/contract';
import { route } from 'cdk-trellis/runtime';
import { type RestEventOptions, restEvent } from 'cdk-trellis/testing';
import * as z from 'zod';

class Gone extends defineProblem({
  type: 'urn:problem:gone',
  title: 'It is gone',
  status: 410,
  extensions: z.object({ since: z.iso.date() }),
}) {}

const api = defineApi(
  { name: 'things', version: '1.0.0' },
  {
    get: {
      method: 'GET',
      path: '/things/{thingId}/parts/{part}',
      auth: 'public',
      params: z.object({ thingId: z.string().max(5) }),
      query: z.object({
        limit: z.coerce.number().int().max(10).default(3),
        tag: z.array(z.string()).optional(),
      }),
      responses: { 200: z.object({ seen: z.unknown() }), 404: Problem },
    },
    put: {
      method: 'PUT',
      path: '/things',
      auth: 'public',
      body: z.object({ name: z.string(), lines: z.array(z.object({ quantity: z.int() })).optional() }),
      responses: { 200: z.object({ name: z.string() }), 409: Problem },
      errors: [Gone],
    },
    remove: { method: 'DELETE', path: '/things', auth: 'public', responses: { 204: z.undefined() } },
    mine: { method: 'GET', path: '/mine', auth: 'user', responses: { 200: z.object({ sub: z.string() }) } },
    admin: {
      method: 'GET',
      path: '/admin',
      auth: { group: 'admins' },
      responses: { 200: z.object({ groups: z.array(z.string()) }) },
    },
  },
);

const get = route(api.get, {}, async ({ params, query }) => ({
  status: 200,
  body: { seen: { params, query } },
}));
const put = route(api.put, {}, async ({ body }) => ({ status: 200, body }));
const mine = route(api.mine, {}, async ({ user }) => ({ status: 200, body: { sub: user.sub } }));
const admin = route(api.admin, {}, async ({ user }) => ({ status: 200, body: { groups: [...user.groups] } }));

const context = { awsRequestId: 'request' } as Context;
let logged: string[];

beforeEach(() => {
  logged = [];
  jest.spyOn(console, 'error').mockImplementation((line) => void logged.push(String(line)));
  process.env.API_CLIENT_IDS = 'client-1,client-2';
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.API_CLIENT_IDS;
});

async function call(
  handler: any,
  options: RestEventOptions,
): Promise<{ status: number; headers: any; body: any }> {
  const { statusCode, headers, body } = await handler(restEvent(options), context);
  return { status: statusCode, headers, body: JSON.parse(body) };
}

const params = { thingId: 'abc', part: 'a%2Fb%20c' };

describe('a request', () => {
  it('reaches the handler with decoded path parameters and a coerced query', async () => {
    const { body } = await call(get, { params, query: { limit: '7' } });
    expect(body.seen).toEqual({ params: { thingId: 'abc', part: 'a/b c' }, query: { limit: 7 } });
  });

  it('reaches the handler with a repeated parameter as a list and with defaults', async () => {
    const { body } = await call(get, { params, query: { tag: ['x', 'y'] } });
    expect(body.seen.query).toEqual({ limit: 3, tag: ['x', 'y'] });
  });

  it('reaches the handler with a list of one where the contract has a list', async () => {
    const { body } = await call(get, { params, query: { tag: 'x' } });
    expect(body.seen.query).toEqual({ limit: 3, tag: ['x'] });
  });

  it('is refused with every error and its place', async () => {
    const { status, headers, body } = await call(get, {
      params: { thingId: 'too-long', part: 'x' },
      query: { limit: 'many', page: '2' },
    });
    expect(status).toBe(400);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toMatchObject({ type: 'about:blank', title: 'The request is not valid', status: 400 });
    expect(body.errors.map((error: { in: string; path: string }) => error.in + error.path)).toEqual([
      'path.thingId',
      'query.limit',
      'query',
    ]);
    expect(body.instance).toBe('urn:request:00000000-0000-4000-8000-000000000000');
  });

  it('is refused with the place of an error deep in the body', async () => {
    const { status, body } = await call(put, {
      body: { name: 'x', lines: [{ quantity: 1 }, { quantity: 'two' }] },
    });
    expect(status).toBe(400);
    expect(body.errors[0]).toMatchObject({ in: 'body', path: '.lines[1].quantity' });
  });

  it.each([
    ['malformed JSON', { body: '{"name":' }, 400, 'The body is not JSON'],
    ['an undeclared property', { body: { name: 'x', extra: 1 } }, 400, 'The request is not valid'],
    ['__proto__', { body: '{"name":"x","__proto__":{}}' }, 400, 'The body is not JSON'],
    ['no body', {}, 400, 'The body is missing'],
    ['a body that is not an object', { body: '"text"' }, 400, 'The request is not valid'],
    ['an XML body', { body: '<a/>', headers: { 'content-type': 'text/xml' } }, 415, 'Unsupported media type'],
    ['a body of 2 MB', { body: `"${'x'.repeat(2 ** 21)}"` }, 413, 'The body is too large'],
  ])('with %s is refused', async (_what, options, expected, title) => {
    const { status, body } = await call(put, options);
    expect([status, body.title]).toEqual([expected, title]);
  });

  it('with a body that is not UTF-8 is refused', async () => {
    const event = { ...restEvent({ body: 'x' }), body: Buffer.from([0x22, 0xff, 0x22]).toString('base64') };
    const { statusCode, body } = await put({ ...event, isBase64Encoded: true }, context);
    expect([statusCode, JSON.parse(body).detail]).toEqual([400, 'The body is not valid UTF-8.']);
  });

  it.each(['{"name":"\\ud800"}', '{"\\udfff":1}', '{"name":"x","lines":[{"quantity":"\\uDBFF"}]}'])(
    'with half of a surrogate pair, %s, is refused',
    async (text) => {
      const { status, body } = await call(put, { body: text });
      expect([status, body.title]).toEqual([400, 'The body is not JSON']);
    },
  );

  it('with a whole surrogate pair is taken', async () => {
    expect((await call(put, { body: '{"name":"\\ud83d\\ude00"}' })).body).toEqual({ name: '😀' });
  });

  it('with a query is refused where the operation has none', async () => {
    expect((await call(put, { body: { name: 'x' }, query: { page: '2' } })).status).toBe(400);
  });

  it('with a path that cannot be decoded is refused', async () => {
    const { status } = await call(get, { params: { thingId: '%E0%A4%A', part: 'x' } });
    expect(status).toBe(400);
  });
});

describe('the caller', () => {
  it('is the user of the token', async () => {
    expect(await call(mine, { user: { sub: 'ann' } })).toMatchObject({ status: 200, body: { sub: 'ann' } });
  });

  it.each([
    ['without a token', undefined],
    ['with an ID token', { tokenUse: 'id' }],
    ['with a token of another application', { clientId: 'other' }],
  ])('%s is refused with 401', async (_what, user) => {
    const { status, body } = await call(mine, user ? { user } : {});
    expect([status, body.title]).toEqual([401, 'Unauthorized']);
  });

  it('who is not in the group is refused with 403', async () => {
    expect(await call(admin, { user: { groups: ['staff', 'administrators'] } })).toMatchObject({
      status: 403,
    });
  });

  it('who is in the group is let in', async () => {
    const user = { groups: ['staff', 'admins'] };
    expect((await call(admin, { user })).body.groups).toEqual(['staff', 'admins']);
  });

  it('who is in a group whose name has brackets and spaces is not let in', async () => {
    expect(await call(admin, { user: { groups: ['[staff admins]'] } })).toMatchObject({ status: 403 });
  });

  it('is never let in when no app client is configured', async () => {
    process.env.API_CLIENT_IDS = '';
    const handler = route(api.mine, {}, async ({ user }) => ({ status: 200, body: { sub: user.sub } }));
    expect(await call(handler, { user: {} })).toMatchObject({ status: 500, body: { status: 500 } });
    expect(logged).toEqual([expect.stringContaining('API_CLIENT_IDS must have an app client')]);
  });
});

describe('the response', () => {
  const responding = (response: unknown) => route(api.put, {}, async () => response as never);

  it('is sent as JSON that nothing caches', async () => {
    const { headers } = await call(put, { body: { name: 'x' } });
    expect(headers).toEqual({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-correlation-id': '00000000-0000-4000-8000-000000000000',
    });
  });

  it('has the headers that the handler gives it', async () => {
    const handler = responding({
      status: 200,
      body: { name: 'x' },
      headers: { 'cache-control': 'max-age=5' },
    });
    expect((await call(handler, { body: { name: 'x' } })).headers['cache-control']).toBe('max-age=5');
  });

  it('has each header once, however the handler writes its name', async () => {
    const handler = responding({
      status: 200,
      body: { name: 'x' },
      headers: { 'Cache-Control': 'max-age=5' },
    });
    const { headers } = await call(handler, { body: { name: 'x' } });
    expect(headers).toMatchObject({ 'cache-control': 'max-age=5' });
    expect(headers).not.toHaveProperty('Cache-Control');
  });

  it('without a body has no content type', async () => {
    const handler = route(api.remove, {}, async () => ({ status: 204 }));
    const { statusCode, headers, body } = await handler(restEvent(), context);
    expect([statusCode, body, headers?.['content-type']]).toEqual([204, '', undefined]);
  });

  it('keeps back what the contract does not declare', async () => {
    const handler = responding({ status: 200, body: { name: 'x', secret: 1 } });
    expect((await call(handler, { body: { name: 'x' } })).body).toEqual({ name: 'x' });
  });

  it.each([
    ['breaks the contract', { status: 200, body: { name: 1 } }, 'breaks its contract'],
    ['has a status that the contract does not declare', { status: 418, body: {} }, 'does not declare'],
    [
      'has the status of a problem that is thrown',
      { status: 410, body: {} },
      'returned 410, which its contract',
    ],
    [
      'has a header on two lines',
      { status: 200, body: { name: '' }, headers: { a: 'x\r\nset-cookie: y' } },
      'on one line',
    ],
    [
      'has a header with other than Latin text',
      { status: 200, body: { name: '' }, headers: { a: '€' } },
      'must be Latin-1 text',
    ],
    [
      'has more headers than API Gateway takes',
      { status: 200, body: { name: '' }, headers: { a: 'x'.repeat(10_240) } },
      'has 10241 bytes of headers; API Gateway sends at most 10240',
    ],
    [
      'is larger than Lambda takes',
      { status: 200, body: { name: '"'.repeat(3_140_000) } },
      'Return a page, or an S3 URL.',
    ],
  ])('that %s is logged and never sent', async (_what, response, message) => {
    const { status, body } = await call(responding(response), { body: { name: 'x' } });
    expect([status, body.title]).toEqual([500, 'Internal server error']);
    expect(logged.join()).toContain(message);
  });
});

describe('an error', () => {
  const failing = (error: unknown) => route(api.put, {}, async () => Promise.reject(error));

  it('that is a problem is the response', async () => {
    const problem = new ProblemError({
      status: 409,
      title: 'Taken',
      detail: 'By Ann.',
      extensions: { by: 'ann' },
    });
    const { status, body } = await call(failing(problem), { body: { name: 'x' } });
    expect(status).toBe(409);
    expect(body).toMatchObject({ title: 'Taken', detail: 'By Ann.', status: 409, by: 'ann' });
    expect(logged).toEqual([]);
  });

  it('of a kind that the contract declares is the response', async () => {
    const { status, headers, body } = await call(
      failing(new Gone({ since: '2027-01-01', detail: 'Sold.' })),
      {
        body: { name: 'x' },
      },
    );
    expect([status, headers['content-type']]).toEqual([410, 'application/problem+json']);
    expect(body).toEqual({
      type: 'urn:problem:gone',
      title: 'It is gone',
      status: 410,
      detail: 'Sold.',
      since: '2027-01-01',
      instance: 'urn:request:00000000-0000-4000-8000-000000000000',
    });
  });

  it('that is a problem can have headers', async () => {
    const busy = new ProblemError({ status: 429, title: 'Busy', headers: { 'retry-after': '5' } });
    expect(await call(failing(busy), { body: { name: 'x' } })).toMatchObject({
      status: 429,
      headers: { 'retry-after': '5' },
    });
  });

  it.each([
    [
      'of a status that the contract does not declare',
      new ProblemError({ status: 404, title: 'x' }),
      'threw a problem of status 404',
    ],
    [
      'of another kind than those declared',
      new ProblemError({ status: 410, title: 'x' }),
      'breaks its contract',
    ],
    ['whose members break the contract', new Gone({ since: 'yesterday' }), 'breaks its contract'],
  ])('that is a problem %s is a 500, logged', async (_what, error, message) => {
    const { status, body } = await call(failing(error), { body: { name: 'x' } });
    expect([status, body.title]).toEqual([500, 'Internal server error']);
    expect(logged.join()).toContain(message);
  });

  it('that is unknown is a 500 without details, and is logged with the request', async () => {
    const { status, body } = await call(failing(new TypeError('the password is 1234')), {
      body: { name: 'x' },
    });
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('1234');
    expect(logged.join()).toMatch(/TypeError[\s\S]*the password is 1234/);
    expect(logged.join()).toContain('00000000-0000-4000-8000-000000000000');
  });
});
