import { call, loggedLines, post } from './things.js';

loggedLines();

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
