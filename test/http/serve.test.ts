import { route } from 'cdk-trellis/runtime';
import { restEvent } from 'cdk-trellis/testing';
import { api, call, context, get, loggedLines, post } from './things.js';

const REQUEST = '00000000-0000-4000-8000-000000000000';
const logged = loggedLines();

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
