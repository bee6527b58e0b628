import type { APIGatewayProxyEvent } from 'aws-lambda';
import { restEvent } from 'cdk-trellis/testing';
import { anything, call, expectNoErrorsLogged, mine } from '../../http/any-json.js';

expectNoErrorsLogged();

describe('a path', () => {
  it.each([
    ['a%2Fb', 'a/b'],
    ['..%2F..%2Fetc', '../../etc'],
    ['%00', '\u0000'],
    ['%F0%9F%98%80', '😀'],
    ['a+b', 'a+b'],
    ['x'.repeat(8000), 'x'.repeat(8000)],
  ])('with the parameter %s reaches the handler decoded once', async (id, expected) => {
    expect(await call(anything, { params: { id }, body: '1' })).toMatchObject({
      status: 200,
      body: { id: expected },
    });
  });

  it('is decoded once only', async () => {
    expect(await call(anything, { params: { id: '%252F' }, body: '1' })).toMatchObject({
      body: { id: '%2F' },
    });
  });

  it.each(['%', '%E0%A4%A', '%zz', '%C0%AF', '%ED%A0%80', '%FF'])(
    'with %s, which is not UTF-8, is rejected',
    async (id) => {
      expect(await call(anything, { params: { id }, body: '1' })).toMatchObject({
        status: 400,
        body: { title: 'The path is not a valid URL' },
      });
    },
  );
});

describe('a query', () => {
  it.each([
    ['a parameter twice where the contract has one', { name: ['a', 'b'] }],
    ['a parameter that the contract does not have', { other: '1' }],
    ['__proto__', JSON.parse('{"__proto__":"1"}')],
    ['constructor', { constructor: '1' }],
    ['a parameter in brackets, as other servers have lists', { 'name[]': 'a' }],
    ['a parameter that is too long', { name: 'x'.repeat(51) }],
    ['a token', { access_token: 'eyJ', authorization: 'Bearer eyJ' }],
  ])('with %s is refused', async (_what, query: Record<string, string>) => {
    expect(await call(anything, { query, body: '1' })).toMatchObject({
      status: 400,
      body: { errors: [{ in: 'query' }] },
    });
  });
});

describe('a token', () => {
  it.each([
    ['in a cookie', { headers: { Cookie: 'authorization=Bearer eyJ' } }],
    ['in another header', { headers: { 'X-Access-Token': 'eyJ' } }],
    [
      'that the gateway has not verified',
      { headers: { Authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.' } },
    ],
    ['as basic credentials', { headers: { Authorization: 'Basic YW5uOmFubg==' } }],
    ['in the body', { body: { access_token: 'eyJ', claims: { sub: 'ann' } } }],
  ])('%s is rejected', async (_what, options) => {
    expect(await call(mine, options)).toMatchObject({ status: 401 });
  });
});

describe('an event', () => {
  it('with almost no content is accepted', async () => {
    const event = { httpMethod: 'POST', requestContext: {} } as unknown as APIGatewayProxyEvent;
    expect(await call(anything, event)).toMatchObject({ status: 400 });
  });

  it('with headers twice has them joined', async () => {
    const event = restEvent({ params: { id: 'x' }, body: '1' });
    const twice = { ...event, multiValueHeaders: { 'Content-Type': ['application/json', 'text/html'] } };
    expect(await call(anything, twice)).toMatchObject({ status: 415 });
  });
});
