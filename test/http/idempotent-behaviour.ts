import { randomUUID } from 'node:crypto';
import { clientOf, type Fetch, shop } from './idempotent-service.js';

const params = { shop: 'north' };

/** Defines the tests of an `idempotent` operation's behaviour, for every way to serve it. */
export function behavesIdempotently(start: () => Fetch): void {
  let fetch: Fetch;
  let key: string;
  beforeEach(() => {
    fetch = start();
    key = randomUUID();
    shop.runs = 0;
    for (const level of ['info', 'warn', 'error'] as const) jest.spyOn(console, level).mockImplementation();
  });
  afterEach(() => jest.restoreAllMocks());

  const place = (item: string, overrides: object = {}, token = 'ann') =>
    clientOf(fetch, token).place({ params, body: { item }, idempotencyKey: key, ...overrides });
  const raw = (body: string, headers: Record<string, string> = { 'idempotency-key': key }) =>
    fetch('https://shop.test/shops/north/orders', {
      method: 'POST',
      headers: { authorization: 'Bearer ann', 'content-type': 'application/json', ...headers },
      body,
    });

  it('runs once for a key, and marks a repeated response', async () => {
    const first = await place('lamp');
    expect(first).toMatchObject({ status: 201, body: { run: 1, at: new Date(1), text: 'lamp' } });
    expect(await place('lamp')).toEqual(first);
    const [once, again] = [
      await raw('{"item":"lamp"}'),
      await raw('{"item":"lamp"}', { 'idempotency-key': `"${key}"` }),
    ];
    expect(once.headers.get('idempotent-replayed')).toBe('true');
    expect(once.headers.get('location')).toBe('/orders/1');
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(shop.runs).toBe(1);
  });

  it('does not mark the first response as a repeated one', async () => {
    expect((await raw('{"item":"lamp"}')).headers.has('idempotent-replayed')).toBe(false);
  });

  it("never returns the response of another caller's key", async () => {
    expect(await place('lamp')).toMatchObject({ body: { run: 1 } });
    expect(await place('lamp', {}, 'bob')).toMatchObject({ status: 201, body: { run: 2 } });
    expect(await place('stool', {}, 'bob')).toMatchObject({ status: 422 });
  });

  it.each<[string, object]>([
    ['another body', { body: { item: 'stool' } }],
    ['another path', { params: { shop: 'south' } }],
    ['another query', { query: { gift: 'yes' } }],
  ])('rejects a key with %s', async (_name, overrides) => {
    await place('lamp');
    expect(await place('lamp', overrides)).toMatchObject({
      status: 422,
      body: { type: 'urn:problem:idempotency-key-reused' },
    });
    expect(shop.runs).toBe(1);
  });

  it('ignores the order of keys in JSON', async () => {
    await raw('{"item":"lamp","note":"a"}');
    expect((await raw('{ "note": "a", "item": "lamp" }')).headers.get('idempotent-replayed')).toBe('true');
  });

  it('rejects a second request while the first one runs, and a client waits for it', async () => {
    const first = place('slow');
    await until(() => shop.runs === 1);
    const second = await raw('{"item":"slow"}');
    expect([second.status, second.headers.get('retry-after')]).toEqual([409, '1']);
    expect(await second.json()).toMatchObject({ type: 'urn:problem:idempotency-key-in-use' });
    expect(await place('other')).toMatchObject({ status: 422 });
    const third = place('slow');
    setTimeout(() => shop.release(), 100);
    expect(await third).toEqual(await first);
    expect(shop.runs).toBe(1);
  });

  it('stores a 404 that the handler returns', async () => {
    expect(await place('nothing')).toMatchObject({ status: 404, body: { title: 'Run 1' } });
    expect(await place('nothing')).toMatchObject({ status: 404, body: { title: 'Run 1' } });
  });

  it('runs again after a problem that was thrown, an error and a 5xx', async () => {
    const statuses = [];
    for (const item of ['sold out', 'broken', 'lamp']) statuses.push((await place(item)).status);
    expect([statuses, shop.runs]).toEqual([[422, 500, 201], 3]);
    const busy = { headers: { 'idempotency-key': randomUUID() } };
    for (let index = 0; index < 2; index += 1) await raw('{"item":"busy"}', busy.headers);
    expect(shop.runs).toBe(5);
  });

  it('requires a key by default, and runs every request without a key where it is optional', async () => {
    expect((await raw('{"item":"lamp"}', {})).status).toBe(400);
    const draw = async (headers: object = {}) => {
      const response = await fetch('https://shop.test/drawings', {
        method: 'POST',
        headers: { 'content-type': 'image/png', ...headers },
        body: new Uint8Array([200, 7]),
      });
      return [...new Uint8Array(await response.arrayBuffer())];
    };
    expect([await draw(), await draw()]).toEqual([
      [200, 7, 1],
      [200, 7, 2],
    ]);
    const keyed = { 'idempotency-key': key };
    expect([await draw(keyed), await draw(keyed)]).toEqual([
      [200, 7, 3],
      [200, 7, 3],
    ]);
  });

  it('stores a response of 500 KB', async () => {
    const first = await place('large');
    expect(await place('large')).toEqual(first);
    expect(shop.runs).toBe(1);
  });
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}
