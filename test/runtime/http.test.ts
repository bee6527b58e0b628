import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { binary, defineApi, PreconditionFailed, Problem } from 'cdk-trellis/contract';
import { correlationId, etag, requireMatch, route } from 'cdk-trellis/runtime';
import { type RestEventOptions, restEvent } from 'cdk-trellis/testing';
import * as z from 'zod';

const api = defineApi(
  { name: 'things', version: '1.0.0' },
  {
    get: {
      method: 'GET',
      path: '/things/{thingId}',
      auth: 'public',
      query: z.object({ tag: z.union([z.string(), z.array(z.string())]).optional() }),
      responses: {
        200: { body: z.object({ seen: z.unknown() }), headers: z.object({ etag: z.string() }) },
        404: Problem,
      },
    },
    put: {
      method: 'PUT',
      path: '/things/{thingId}',
      auth: 'public',
      headers: z.object({ 'if-match': z.string().optional() }),
      responses: { 204: {} },
      errors: [PreconditionFailed],
    },
    post: {
      method: 'POST',
      path: '/things',
      auth: 'public',
      idempotencyKey: true,
      headers: z.object({ 'x-count': z.coerce.number().max(5) }),
      deprecated: { since: '2027-01-31', sunset: '2027-07-31', see: 'https://example.com/v2' },
      responses: { 200: z.object({ key: z.string(), count: z.number() }) },
    },
    report: {
      method: 'GET',
      path: '/report',
      auth: 'public',
      responses: {
        200: { content: { 'application/json': z.object({ n: z.int() }), 'text/csv': z.string() } },
      },
    },
    photo: {
      method: 'PUT',
      path: '/photo',
      auth: 'public',
      body: binary(['image/png', 'image/gif'], { maxBytes: 4 }),
      responses: { 200: binary('image/png', { maxBytes: 4 }) },
    },
    admin: {
      method: 'GET',
      path: '/admin',
      auth: { group: 'admins' },
      responses: { 200: z.object({ sub: z.string() }) },
    },
    sign: { method: 'GET', path: '/sign', auth: 'iam', responses: { 200: z.object({ arn: z.string() }) } },
  },
);

const get = route(api.get, {}, async ({ params, query }) => ({
  status: 200,
  body: { seen: { params, query, correlationId: correlationId() } },
  headers: { etag: etag(7), 'cache-control': 'max-age=5' },
}));
const put = route(api.put, {}, async ({ headers }) => {
  requireMatch(headers, 7);
  return { status: 204 };
});
const post = route(api.post, {}, async ({ idempotencyKey, headers }) => ({
  status: 200,
  body: { key: idempotencyKey, count: headers['x-count'] },
}));
const report = route(api.report, {}, async ({ accepts }) =>
  accepts === 'text/csv'
    ? { status: 200, type: accepts, body: 'n\n1\n' }
    : { status: 200, type: accepts, body: { n: 1 } },
);
const photo = route(api.photo, {}, async ({ body, contentType }) => ({
  status: 200,
  body: contentType === 'image/gif' ? new Uint8Array(5) : body,
}));
const admin = route(api.admin, {}, async ({ user }) => ({ status: 200, body: { sub: user.sub } }));
const sign = route(api.sign, {}, async ({ caller }) => ({ status: 200, body: { arn: caller.arn } }));

const REQUEST = '00000000-0000-4000-8000-000000000000';
const context = { awsRequestId: 'request' } as Context;
let logged: string[];

beforeEach(() => {
  logged = [];
  for (const level of ['error', 'info'] as const) {
    jest.spyOn(console, level).mockImplementation((...[line]: unknown[]) => void logged.push(String(line)));
  }
});
afterEach(() => jest.restoreAllMocks());

async function call(handler: any, options: RestEventOptions = {}) {
  const result = await handler.with({})(restEvent({ params: { thingId: 'x' }, ...options }), context);
  const isJson = result.body && /json/.test(result.headers['content-type'] ?? '');
  return {
    status: result.statusCode as number,
    headers: result.headers as Record<string, string>,
    body: isJson ? JSON.parse(result.body) : result.body,
    isBase64Encoded: result.isBase64Encoded,
  };
}

describe('HEAD', () => {
  it('is handled like GET, without the body', async () => {
    const response = await call(get, { method: 'HEAD' });
    expect(response).toMatchObject({
      status: 200,
      headers: { etag: '"7"', 'content-type': 'application/json' },
      body: '',
    });
  });

  it('of what is refused has no body either', async () => {
    const { statusCode, body } = await get(restEvent({ method: 'HEAD', query: { other: '1' } }), context);
    expect([statusCode, body]).toEqual([400, '']);
  });
});

describe('a GET with an ETag', () => {
  it.each([
    ['the same', '"7"'],
    ['one of several', '"5", "7"'],
    ['the same, weakened on its way', 'W/"7"'],
    ['any', '*'],
  ])('is 304 for a caller who has %s', async (_what, known) => {
    const { status, headers, body } = await call(get, { headers: { 'If-None-Match': known } });
    expect([status, body]).toEqual([304, '']);
    expect(headers).toMatchObject({ etag: '"7"', 'cache-control': 'max-age=5' });
    expect(headers).not.toHaveProperty('content-type');
  });

  it.each(['"8"', '7', ''])('is 200 for a caller who has %s', async (known) => {
    expect(await call(get, { headers: { 'If-None-Match': known } })).toMatchObject({ status: 200 });
  });

  it('is refused with a version that no header can have', () => {
    expect(() => etag('a"b')).toThrow('visible ASCII characters without quotation marks, got "a"b"');
  });
});

describe('a change', () => {
  it.each([undefined, '"7"', 'W/"7"', '"1", "7"', '*'])('of the version %s is made', async (match) => {
    expect(await call(put, { headers: { ...(match && { 'If-Match': match }) } })).toMatchObject({
      status: 204,
    });
  });

  it('of an old version is refused', async () => {
    const { status, body } = await call(put, { headers: { 'If-Match': '"6"' } });
    expect([status, body.type]).toEqual([412, 'urn:problem:precondition-failed']);
    expect(body.detail).toBe('`If-Match` is "6", but the current version is "7".');
  });

  it('of what is not there is refused, whatever its version', () => {
    expect(() => requireMatch({ 'if-match': '*' }, undefined)).toThrow('the resource does not exist');
  });
});

describe('the correlation id', () => {
  it("is the caller's, in the response, for the handler and in the logs", async () => {
    const { headers, body } = await call(get, { headers: { 'X-Correlation-Id': 'order-7' } });
    expect([headers['x-correlation-id'], body.seen.correlationId]).toEqual(['order-7', 'order-7']);
    const failing = route(api.put, {}, async (_input, _clients, { logger }) => {
      logger.info('about to fail');
      throw new Error('x');
    });
    const { headers: own } = await call(failing, { headers: { 'x-correlation-id': 'order-8' } });
    expect(own['x-correlation-id']).toBe('order-8');
    expect(logged.map((line) => JSON.parse(line).correlation_id)).toEqual(['order-8', 'order-8']);
  });

  it.each([
    ['none', {}],
    ['one that would break a log', { 'x-correlation-id': 'a b\n' }],
    ['one that is too long', { 'x-correlation-id': 'x'.repeat(129) }],
  ])("is the request's own where the caller has %s", async (_what, headers) => {
    const response = await call(get, { headers });
    expect([response.headers['x-correlation-id'], response.body.seen.correlationId]).toEqual([
      REQUEST,
      REQUEST,
    ]);
  });
});

describe('an idempotency key', () => {
  const headers = { 'x-count': '3' };

  it.each(['8e03978e-40d5', '"8e03978e-40d5"'])('%s reaches the handler', async (key) => {
    const { body } = await call(post, { headers: { ...headers, 'Idempotency-Key': key } });
    expect(body).toEqual({ key: '8e03978e-40d5', count: 3 });
  });

  it.each<Record<string, string>>([
    {},
    { 'idempotency-key': '' },
    { 'idempotency-key': 'a b' },
    { 'idempotency-key': 'x'.repeat(256) },
  ])('%j is refused', async (key: Record<string, string>) => {
    const { status, body } = await call(post, { headers: { ...headers, ...key } });
    expect([status, body.errors[0]]).toMatchObject([400, { in: 'header', path: '.idempotency-key' }]);
  });
});

it.each([
  [{ 'idempotency-key': 'k' }, '.x-count'],
  [{ 'idempotency-key': 'k', 'x-count': '6' }, '.x-count'],
])('a header that breaks the contract is refused with its name', async (headers, path) => {
  expect(await call(post, { headers })).toMatchObject({
    status: 400,
    body: { errors: [{ in: 'header', path }] },
  });
});

it('a deprecated operation has the header in every response', async () => {
  for (const status of [200, 400]) {
    const key = { 'idempotency-key': status === 200 ? 'k' : '' };
    const { headers, ...response } = await call(post, { headers: { 'x-count': '1', ...key } });
    expect(response.status).toBe(status);
    expect(headers).toMatchObject({
      deprecation: '@1801353600',
      sunset: 'Sat, 31 Jul 2027 00:00:00 GMT',
      link: '<https://example.com/v2>; rel="deprecation"; type="text/html"',
    });
  }
});

describe('a choice of content types', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['text/csv', 'text/csv'],
    ['text/*', 'text/csv'],
    ['application/json;q=0.1, text/csv', 'text/csv'],
    ['text/csv;q=0, */*', 'application/json'],
    ['text/html, application/json;q=0.5, */*;q=0.1', 'application/json'],
  ])('for Accept %s falls on %s', async (accept, type) => {
    const { status, headers, body } = await call(report, { headers: { ...(accept && { Accept: accept }) } });
    expect([status, headers['content-type'], headers.vary]).toEqual([200, type, 'accept']);
    expect(body).toEqual(type === 'text/csv' ? 'n\n1\n' : { n: 1 });
  });

  it.each(['text/html', 'text/csv;q=0', 'image/*'])('for Accept %s falls on none: 406', async (accept) => {
    const { status, body } = await call(report, { headers: { Accept: accept } });
    expect([status, body.detail]).toEqual([406, expect.stringContaining('application/json or text/csv')]);
  });

  it('is not required where the contract has none', async () => {
    expect(await call(get, { headers: { Accept: 'text/html' } })).toMatchObject({ status: 200 });
  });

  it('that the handler does not keep to is a 500, logged', async () => {
    const wrong = route(api.report, {}, async () => ({ status: 200, type: 'text/html', body: '' }) as never);
    expect(await call(wrong)).toMatchObject({ status: 500 });
    expect(logged.join()).toContain(
      'returned 200 with type text/html, expected application/json or text/csv',
    );
  });
});

describe('bytes', () => {
  const png = { 'Content-Type': 'image/png' };
  const bytes = new Uint8Array([0, 255, 128]);

  it('come in and go out in base64', async () => {
    const response = await call(photo, { body: bytes, headers: png });
    expect(response).toMatchObject({
      status: 200,
      isBase64Encoded: true,
      body: Buffer.from(bytes).toString('base64'),
    });
    expect(response.headers['content-type']).toBe('image/png');
  });

  it.each([
    ['of another type', { body: bytes, headers: { 'Content-Type': 'image/jpeg' } }, 415],
    ['without a type', { body: bytes, headers: { 'Content-Type': '' } }, 415],
    ['that are too many', { body: new Uint8Array(5), headers: png }, 413],
    ['that are missing', { headers: png }, 400],
  ])('%s are refused', async (_what, options, status) => {
    expect(await call(photo, options)).toMatchObject({ status });
  });

  it('that are more than the contract allows are never sent', async () => {
    expect(await call(photo, { body: bytes, headers: { 'Content-Type': 'image/gif' } })).toMatchObject({
      status: 500,
    });
    expect(logged.join()).toContain('returned 200 with 5 bytes, expected at most 4 bytes of image/png');
  });
});

describe('an event of payload 2.0', () => {
  const event = (change: Partial<APIGatewayProxyEventV2> & { http?: object; authorizer?: object } = {}) => {
    const { http, authorizer, ...rest } = change;
    return {
      version: '2.0',
      routeKey: '$default',
      rawPath: '/things/a%2Fb',
      rawQueryString: 'tag=x&tag=y',
      headers: { 'x-correlation-id': 'order-9' },
      requestContext: {
        requestId: 'r2',
        http: { method: 'GET', ...http },
        ...(authorizer && { authorizer }),
      },
      isBase64Encoded: false,
      ...rest,
    } as APIGatewayProxyEventV2;
  };

  it('of a function URL is a request like any other', async () => {
    const { statusCode, headers, body } = await get(event(), context);
    expect([statusCode, headers?.['x-correlation-id']]).toEqual([200, 'order-9']);
    expect(JSON.parse(body).seen).toMatchObject({ params: { thingId: 'a/b' }, query: { tag: ['x', 'y'] } });
  });

  it('of an HTTP API has its parameters decoded', async () => {
    const matched = event({
      routeKey: 'GET /things/{thingId}',
      pathParameters: { thingId: '50%/x' },
      rawPath: '/prod/x',
    });
    expect(JSON.parse((await get(matched, context)).body).seen.params).toEqual({ thingId: '50%/x' });
  });

  it.each([
    ['another path', { rawPath: '/other' }, 404, undefined],
    ['another method', { http: { method: 'POST' } }, 405, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', { http: { method: 'OPTIONS' } }, 204, 'GET, HEAD, OPTIONS'],
  ])('of a function URL with %s returns %s', async (_what, change, status, allow) => {
    const { statusCode, headers } = await get(event(change), context);
    expect([statusCode, headers?.allow]).toEqual([status, allow]);
  });

  it('has its body, in base64 or not, and its cookies', async () => {
    const binaryBody = {
      routeKey: 'PUT /photo',
      rawQueryString: '',
      headers: { 'content-type': 'image/png' },
      cookies: ['a=1', 'b=2'],
    };
    const { statusCode, body } = await photo(
      event({ ...binaryBody, body: 'AP8=', isBase64Encoded: true }),
      context,
    );
    expect([statusCode, body]).toEqual([200, 'AP8=']);
  });

  it('has the user of its JWT, its authorizer or its credentials', async () => {
    const claims = { sub: 'ann', token_use: 'access', client_id: 'c', 'cognito:groups': '[admins staff]' };
    const payload = Buffer.from(JSON.stringify({ ...claims, 'cognito:groups': ['admins', 'staff'] }));
    const asked = event({
      routeKey: 'GET /admin',
      rawQueryString: '',
      headers: { authorization: `Bearer e30.${payload.toString('base64url')}.c2ln` },
      authorizer: { jwt: { claims, scopes: [] } },
    });
    const response = await admin.with({})(asked, context);
    expect(JSON.parse(response.body)).toEqual({ sub: 'ann' });
    const iam = { accountId: '1', userArn: 'arn:x', userId: 'u' };
    const signed = await sign(
      event({ routeKey: 'GET /sign', rawQueryString: '', authorizer: { iam } }),
      context,
    );
    expect(JSON.parse(signed.body)).toEqual({ arn: 'arn:x' });
  });

  it('without a user is refused', async () => {
    const asked = event({ routeKey: 'GET /admin', rawQueryString: '' });
    expect(await admin.with({})(asked, context)).toMatchObject({ statusCode: 401 });
  });
});
