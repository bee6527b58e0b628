import { adminTokens, call, customerTokens, expectProblem } from './support.js';

const details = {
  name: 'Reading chair',
  description: 'Beech and wool.',
  category: 'seating',
  price: { amount: 39900, currency: 'EUR' },
};
const chair = { ...details, stock: 5 };

let admin: string;
let customer: string;

beforeAll(async () => {
  [admin, customer] = (await Promise.all([adminTokens(), customerTokens()])).map(
    (tokens) => tokens.accessToken,
  ) as [string, string];
});

describe('the catalogue', () => {
  it('is paged: every product comes once, in the order of names', async () => {
    const seen: { productId: string; name: string }[] = [];
    let cursor: string | undefined;
    do {
      const { status, body } = await call(
        'products',
        `/products?limit=7${cursor ? `&cursor=${cursor}` : ''}`,
      );
      expect(status).toBe(200);
      expect(body.items.length).toBeLessThanOrEqual(7);
      seen.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor);
    expect(seen.length).toBeGreaterThanOrEqual(30);
    expect(new Set(seen.map(({ productId }) => productId)).size).toBe(seen.length);
    const names = seen.map(({ name }) => name.toLowerCase());
    expect(names).toEqual([...names].sort());
  });

  it('has products in several currencies', async () => {
    const { body } = await call('products', '/products?limit=100');
    const currencies = new Set(body.items.map((item: any) => item.price.currency));
    expect(currencies.size).toBeGreaterThanOrEqual(4);
  });

  it('can be read by category', async () => {
    const { body } = await call('products', '/products?category=lighting');
    expect(body.items.length).toBeGreaterThan(0);
    expect(new Set(body.items.map((item: any) => item.category))).toEqual(new Set(['lighting']));
  });

  it('is empty for a category that has nothing', async () => {
    expect((await call('products', '/products?category=submarines')).body).toEqual({ items: [] });
  });
});

describe('a product', () => {
  it('is created by an administrator, read by everyone and changed', async () => {
    const created = await call('products', '/products', { body: chair, token: admin });
    expect(created).toMatchObject({ status: 201, body: { ...chair, version: 1 } });
    const path = `/products/${created.body.productId}`;
    expect(created.headers.get('location')).toBe(path);
    expect((await call('products', path)).body).toEqual(created.body);

    const changed = await call('products', path, {
      method: 'PUT',
      body: { ...details, name: 'Reading armchair', version: 1 },
      token: admin,
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { name: 'Reading armchair', stock: 5, version: 2, createdAt: created.body.createdAt },
    });
    expect((await call('products', path)).body).toEqual(changed.body);
  });

  it('that two administrators change at once is changed once', async () => {
    const { body } = await call('products', '/products', { body: chair, token: admin });
    const change = (name: string) =>
      call('products', `/products/${body.productId}`, {
        method: 'PUT',
        body: { ...details, name, version: 1 },
        token: admin,
      });
    const responses = await Promise.all(['one', 'two', 'three', 'four'].map(change));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const refused = responses.find(({ status }) => status === 409)!;
    expectProblem(refused, 409);
    expect(refused.body.currentVersion).toBe(2);
  });

  it('that does not exist is 404', async () => {
    expectProblem(await call('products', '/products/prd_000000000000'), 404);
    const change = { method: 'PUT', body: { ...details, version: 1 }, token: admin };
    expectProblem(await call('products', '/products/prd_000000000000', change), 404);
  });

  it('is not found again under a listing attribute: those stay in the table', async () => {
    const { body } = await call('products', '/products?limit=1');
    expect(Object.keys(body.items[0])).not.toContain('listing');
  });
});

describe('the stock of a product', () => {
  const change = (productId: string, by: unknown, token = admin) =>
    call('products', `/products/${productId}/stock-changes`, { body: { change: by }, token });

  it('is the sum of simultaneous changes, and never falls below zero', async () => {
    const { productId } = (await call('products', '/products', { body: chair, token: admin })).body;
    const responses = await Promise.all([1, 2, 3, -1].map((by) => change(productId, by)));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await call('products', `/products/${productId}`)).body.stock).toBe(10);
    const refused = await change(productId, -11);
    expectProblem(refused, 409);
    expect(refused.body.stock).toBe(10);
  });

  it('is changed neither by customers nor of what does not exist', async () => {
    expectProblem(await change('prd_000000000000', 1), 404);
    expectProblem(await change('prd_000000000000', 1, customer), 403);
  });
});

describe('changing products', () => {
  it('is refused without a token', async () => {
    expectProblem(await call('products', '/products', { body: chair }), 401);
  });

  it('is refused to a customer', async () => {
    expectProblem(await call('products', '/products', { body: chair, token: customer }), 403);
  });

  it('is refused with an ID token in place of an access token', async () => {
    const { idToken } = await adminTokens();
    expectProblem(await call('products', '/products', { body: chair, token: idToken }), 401);
  });

  it.each([
    ['that is malformed', () => 'nonsense'],
    ['whose signature was changed', () => `${admin.slice(0, -8)}AAAAAAAA`],
    [
      'whose claims were changed',
      () => {
        const [header, claims, signature] = customer.split('.') as [string, string, string];
        const forged = {
          ...JSON.parse(Buffer.from(claims, 'base64url').toString()),
          'cognito:groups': ['admins'],
        };
        return `${header}.${Buffer.from(JSON.stringify(forged)).toString('base64url')}.${signature}`;
      },
    ],
    [
      'without a signature',
      () => {
        const claims = admin.split('.')[1];
        return `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${claims}.`;
      },
    ],
  ])('is refused with a token %s', async (_what, token) => {
    expectProblem(await call('products', '/products', { body: chair, token: token() }), 401);
  });
});
