import { randomUUID } from 'node:crypto';
import { clientOf, type Fetch, shop } from './idempotent-service.js';

const params = { shop: 'north' };

/** What an operation that is `idempotent` does, wherever it is served. */
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

  const place = (what: string, more: object = {}, token = 'ann') =>
    clientOf(fetch, token).place({ params, body: { what }, idempotencyKey: key, ...more });
  const raw = (body: string, headers: Record<string, string> = { 'idempotency-key': key }) =>
    fetch('https://shop.test/shops/north/orders', {
      method: 'POST',
      headers: { authorization: 'Bearer ann', 'content-type': 'application/json', ...headers },
      body,
    });

  it('runs once for a key, and says of a repetition that it is one', async () => {
    const first = await place('lamp');
    expect(first).toMatchObject({ status: 201, body: { run: 1, at: new Date(1), text: 'lamp' } });
    expect(await place('lamp')).toEqual(first);
    const [once, again] = [
      await raw('{"what":"lamp"}'),
      await raw('{"what":"lamp"}', { 'idempotency-key': `"${key}"` }),
    ];
    expect(once.headers.get('idempotent-replayed')).toBe('true');
    expect(once.headers.get('location')).toBe('/orders/1');
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(shop.runs).toBe(1);
  });

  it('does not say of the first response that it is a repetition', async () => {
    expect((await raw('{"what":"lamp"}')).headers.has('idempotent-replayed')).toBe(false);
  });

  it('gives no caller what the key of another one has made', async () => {
    expect(await place('lamp')).toMatchObject({ body: { run: 1 } });
    expect(await place('lamp', {}, 'bob')).toMatchObject({ status: 201, body: { run: 2 } });
    expect(await place('stool', {}, 'bob')).toMatchObject({ status: 422 });
  });

  it.each<[string, object]>([
    ['another body', { body: { what: 'stool' } }],
    ['another path', { params: { shop: 'south' } }],
    ['another query', { query: { gift: 'yes' } }],
  ])('refuses a key with %s', async (_name, more) => {
    await place('lamp');
    expect(await place('lamp', more)).toMatchObject({
      status: 422,
      body: { type: 'urn:problem:idempotency-key-reused' },
    });
    expect(shop.runs).toBe(1);
  });

  it('takes the same JSON in another order for the same', async () => {
    await raw('{"what":"lamp","note":"a"}');
    expect((await raw('{ "note": "a", "what": "lamp" }')).headers.get('idempotent-replayed')).toBe('true');
  });

  it('refuses a second request while the first one runs, and a client waits for it', async () => {
    const first = place('slow');
    await until(() => shop.runs === 1);
    const second = await raw('{"what":"slow"}');
    expect([second.status, second.headers.get('retry-after')]).toEqual([409, '1']);
    expect(await second.json()).toMatchObject({ type: 'urn:problem:idempotency-key-in-use' });
    expect(await place('other')).toMatchObject({ status: 422 });
    const third = place('slow');
    setTimeout(() => shop.release(), 100);
    expect(await third).toEqual(await first);
    expect(shop.runs).toBe(1);
  });

  it('keeps a refusal that the handler returns', async () => {
    expect(await place('nothing')).toMatchObject({ status: 404, body: { title: 'Run 1' } });
    expect(await place('nothing')).toMatchObject({ status: 404, body: { title: 'Run 1' } });
  });

  it('runs again after a problem that was thrown, an error and a 5xx', async () => {
    const statuses = [];
    for (const what of ['sold out', 'broken', 'lamp']) statuses.push((await place(what)).status);
    expect([statuses, shop.runs]).toEqual([[422, 500, 201], 3]);
    const busy = { headers: { 'idempotency-key': randomUUID() } };
    for (let at = 0; at < 2; at += 1) await raw('{"what":"busy"}', busy.headers);
    expect(shop.runs).toBe(5);
  });

  it('wants a key where it is required, and runs each time without one where it is optional', async () => {
    expect((await raw('{"what":"lamp"}', {})).status).toBe(400);
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

  it('keeps a response of 500 KB', async () => {
    const first = await place('large');
    expect(await place('large')).toEqual(first);
    expect(shop.runs).toBe(1);
  });
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}
