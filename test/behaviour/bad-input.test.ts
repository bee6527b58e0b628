import { adminTokens, call, deployedInfo, expectProblem } from './support.js';

const chair = {
  name: 'Bad chair',
  description: '',
  category: 'seating',
  price: { amount: 1, currency: 'EUR' },
  stock: 0,
};
const FIRST = '/products/prd_000000000000';

let token: string;

beforeAll(async () => {
  token = (await adminTokens()).accessToken;
});

describe('a body', () => {
  it.each<[string, unknown]>([
    ['that is malformed JSON', '{"name":'],
    ['that is empty', ''],
    ['that is null', 'null'],
    ['that is a list', [chair]],
    ['that is text', '"chair"'],
    ['with a wrong type', { ...chair, stock: '5' }],
    ['with a fraction where a whole number is wanted', { ...chair, stock: 1.5 }],
    ['with a negative number', { ...chair, price: { amount: -1, currency: 'EUR' } }],
    [
      'with a number that is too large',
      '{"name":"x","description":"","category":"seating","price":{"amount":1e400,"currency":"EUR"},"stock":0}',
    ],
    ['with an unknown currency', { ...chair, price: { amount: 1, currency: 'XXX' } }],
    ['without a property', { ...chair, name: undefined }],
    ['with a property that is null', { ...chair, name: null }],
    ['with an extra property', { ...chair, admin: true }],
    ['with an extra property further down', { ...chair, price: { ...chair.price, rate: 2 } }],
    ['with half of a surrogate pair', JSON.stringify(chair).replace(chair.name, '\\ud800')],
    ['with __proto__', `{"__proto__":{"admin":true},${JSON.stringify(chair).slice(1)}`],
    ['with a name that is too long', { ...chair, name: 'x'.repeat(121) }],
    ['that is nested 10,000 levels deep', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['that is NaN', 'NaN'],
    ['with a name twice', `{"stock":1,${JSON.stringify(chair).slice(1)}`],
    ['with a name twice further down', JSON.stringify(chair).replace('"amount"', '"amount":2,"amount"')],
    ['with constructor', { ...chair, constructor: { prototype: { admin: true } } }],
    ['with a byte order mark and nothing else', '\ufeff'],
  ])('%s is refused', async (_what, body) => {
    expectProblem(await call('products', '/products', { method: 'POST', body, token }), 400);
  });

  it('is refused with every error and its place', async () => {
    const body = { ...chair, stock: 'five', price: { amount: 1.5, currency: 'EUR' } };
    const response = await call('products', '/products', { body, token });
    expect(response.body.errors.map(({ in: place, path }: any) => place + path)).toEqual([
      'body.price.amount',
      'body.stock',
    ]);
  });

  it('of 10 MB is refused', async () => {
    const body = { ...chair, description: 'x'.repeat(10 * 1024 * 1024) };
    expectProblem(await call('products', '/products', { body, token }), 413);
  });

  it('of 2 MB is refused', async () => {
    const body = JSON.stringify({ ...chair, description: 'x'.repeat(2 * 1024 * 1024) });
    const response = await call('products', '/products', { body, token });
    expect([400, 413]).toContain(response.status);
    expectProblem(response, response.status);
  });

  it('of another content type is refused', async () => {
    const headers = { 'content-type': 'text/plain' };
    expectProblem(await call('products', '/products', { body: JSON.stringify(chair), headers, token }), 415);
  });

  it.each([
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])('of the content type %s is refused', async (type) => {
    const response = await call('products', '/products', {
      body: JSON.stringify(chair),
      headers: { 'content-type': type },
      token,
    });
    expectProblem(response, 415);
  });

  it.each([
    ['arrives whole', JSON.stringify({ ...chair, stock: 'five' }), 'body.stock'],
    ['may be empty, and is missing then', '', 'Expected a JSON document'],
  ])('in chunks %s', async (_what, text, detail) => {
    const chunks = text.match(/.{1,7}/gs) ?? [];
    const body = new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    });
    const response = await fetch(`${deployedInfo().apis.products}/products`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(400);
    expect((await response.json()).detail).toContain(detail);
  });

  it('that is not UTF-8 is refused', async () => {
    const body = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const response = await fetch(`${deployedInfo().apis.products}/products`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(400);
  });
});

describe('an address', () => {
  it.each(['/', '/product', '/products/a/b', '/products/prd_000000000000/x', '/admin'])(
    '%s that does not exist is 404',
    async (path) => {
      const response = await call('products', path);
      expect(response.status).toBe(404);
      expectProblem(response, 404);
    },
  );

  it.each(['DELETE', 'PATCH'])('is 404 for %s, which it does not have', async (method) => {
    expectProblem(await call('products', FIRST, { method }), 404);
    expectProblem(await call('products', '/products', { method }), 404);
  });
});

describe('an id', () => {
  it.each([
    'x',
    'prd_',
    'prd_%00',
    'prd_%2e%2e%2f',
    '%20',
    '%F0%9F%98%80',
    "prd_1'%20OR%20'1'='1",
    'prd_<script>',
    'a'.repeat(5000),
  ])('%p is refused', async (id) => {
    const response = await call('products', `/products/${id}`);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expectProblem(response, response.status);
    expect(response.status).toBeLessThan(500);
  });

  it.each(['%', '%E0%A4%A', '%zz'])('%p, which is not a valid URL, is refused', async (id) => {
    const response = await call('products', `/products/${id}`);
    expect([400, 404]).toContain(response.status);
  });
});

describe('a query', () => {
  it('of an operation that has none is refused', async () => {
    expectProblem(await call('products', `${FIRST}?page=2`), 400);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=ten',
    'limit=1.5',
    'limit=NaN',
    'limit=0x5',
    'limit=1e1',
    'limit=',
    'limit=1&limit=2',
    'page=2',
    'cursor=x',
    'cursor=eyJwcm9kdWN0SWQiOjF9',
    `cursor=${'x'.repeat(1001)}`,
    '__proto__=1',
    'constructor=1',
    'limit[]=1',
    'limit=%00',
    'cursor=__proto__',
    'category=UPPER',
    'category=',
  ])('%s is refused', async (query) => {
    expectProblem(await call('products', `/products?${query}`), 400);
  });
});

describe('a token', () => {
  const body = { ...chair, name: '' };

  it.each<[string, string, () => Record<string, string>]>([
    ['in the query', '/products?access_token=TOKEN&authorization=TOKEN', () => ({})],
    ['in a cookie', '/products', () => ({ cookie: `authorization=Bearer ${token}` })],
    [
      'in another header',
      '/products',
      () => ({ 'x-access-token': token, 'x-amzn-remapped-authorization': token }),
    ],
    [
      'as basic credentials',
      '/products',
      () => ({ authorization: `Basic ${Buffer.from(`:${token}`).toString('base64')}` }),
    ],
    ['cut short', '/products', () => ({ authorization: `Bearer ${token.slice(0, -10)}` })],
    [
      'signed with an unknown key',
      '/products',
      () => ({ authorization: `Bearer ${token.split('.').slice(0, 2).join('.')}.` }),
    ],
  ])('%s is refused', async (_what, path, headers) => {
    const response = await call('products', path.replaceAll('TOKEN', token), { body, headers: headers() });
    expectProblem(response, 401);
  });

  it('in the right place is one', async () => {
    expectProblem(await call('products', '/products', { body, token }), 400);
  });
});
