import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { localClientConfig } from '../../bin/local-storefront.js';
import * as shop from './shop.js';
import { newProduct, placeOrder, stockOf, type Wish } from './shop.js';
import { call, customerTokens, deployedCloud, expectProblem, tokensOf } from './support.js';

/** Number of simultaneous orders. */
const RUSH = Number(process.env.TRELLIS_RUSH ?? 12);

let ada: string;
let eve: string;

beforeAll(async () => {
  const people = [customerTokens(), tokensOf({ email: 'eve@example.com', password: 'Eves-own-password-1' })];
  [ada, eve] = (await Promise.all(people)).map(({ accessToken }) => accessToken) as [string, string];
});

const place = (wish: Omit<Wish, 'token'> & { readonly token?: string }) =>
  placeOrder({ token: ada, ...wish });
const finished = (orderId: string, token = ada) => shop.finished(orderId, token);
const messageAbout = (orderId: string, token = ada) => shop.messageAbout(orderId, token);

/** Returns the messages in dead-letter queues, by queue. */
async function deadLetters(): Promise<Record<string, string>> {
  const sqs = new SQSClient(localClientConfig(deployedCloud()));
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ MaxResults: 1000 }));
  const found: Record<string, string> = {};
  for (const QueueUrl of QueueUrls.filter((url) => /DeadLetters|Failures|Waiting/.test(url))) {
    const AttributeNames = ['ApproximateNumberOfMessages' as const];
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    const messages = Attributes?.ApproximateNumberOfMessages ?? '0';
    if (messages !== '0') found[QueueUrl] = messages;
  }
  return found;
}

describe('an order', () => {
  it('is confirmed, takes the stock, and its customer is notified', async () => {
    const productId = await newProduct(5);
    const placed = await place({ productId, quantity: 2 });
    expect(placed).toMatchObject({
      status: 201,
      body: { status: 'PLACED', total: { amount: 2500, currency: 'EUR' } },
    });
    const { orderId } = placed.body;
    expect(await finished(orderId)).toMatchObject({
      status: 'CONFIRMED',
      lines: [{ name: 'Stool', quantity: 2 }],
    });
    expect(await stockOf(productId)).toBe(3);
    expect(await messageAbout(orderId)).toEqual([
      expect.objectContaining({ kind: 'order-confirmed', text: expect.stringContaining('€25.00') }),
    ]);
  });

  it('whose payment is declined gives its stock back', async () => {
    const productId = await newProduct(5);
    const { orderId } = (await place({ productId, quantity: 5, cardToken: 'tok_decline' })).body;
    expect(await finished(orderId)).toMatchObject({ status: 'REFUSED', reason: 'payment-declined' });
    expect(await stockOf(productId)).toBe(5);
    expect(await messageAbout(orderId)).toMatchObject([{ kind: 'order-refused' }]);
  });

  it('whose payment fails twice is paid at the third attempt', async () => {
    const productId = await newProduct(1);
    const { orderId } = (await place({ productId, cardToken: 'tok_flaky' })).body;
    expect(await finished(orderId)).toMatchObject({ status: 'CONFIRMED' });
    expect(await stockOf(productId)).toBe(0);
  });

  it('whose payment never responds is undone, because it may have been paid', async () => {
    const productId = await newProduct(1);
    const { orderId } = (await place({ productId, cardToken: 'tok_timeout' })).body;
    expect(await finished(orderId)).toMatchObject({ status: 'REFUSED', reason: 'technical' });
    expect(await stockOf(productId)).toBe(1);
  });

  it('for more than there is, is refused', async () => {
    const productId = await newProduct(1);
    const { orderId } = (await place({ productId, quantity: 2 })).body;
    expect(await finished(orderId)).toMatchObject({ status: 'REFUSED', reason: 'sold-out' });
    expect(await stockOf(productId)).toBe(1);
  });

  it('that is sent twice by a double click is one order', async () => {
    const productId = await newProduct(5);
    const key = randomUUID();
    const [one, two] = await Promise.all([place({ productId, key }), place({ productId, key })]);
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(one.body.orderId).toBe(two.body.orderId);
    await finished(one.body.orderId);
    expect(await stockOf(productId)).toBe(4);
    expect(await messageAbout(one.body.orderId)).toHaveLength(1);
    expectProblem(await place({ productId, key, quantity: 2 }), 422);
  });

  it('that its customer cancels in time is undone', async () => {
    const productId = await newProduct(1);
    const { orderId } = (await place({ productId, cardToken: 'tok_flaky' })).body;
    const cancelled = await call('orders', `/orders/${orderId}`, { method: 'DELETE', token: ada });
    expect(cancelled).toMatchObject({ status: 202, body: { cancelRequested: true } });
    expect(await finished(orderId)).toMatchObject({ status: 'REFUSED', reason: 'cancelled' });
    expect(await stockOf(productId)).toBe(1);
    expectProblem(await call('orders', `/orders/${orderId}`, { method: 'DELETE', token: ada }), 409);
  });

  it('of unknown products, or of none, is refused at once', async () => {
    const refused = await place({ productId: 'prd_000000000000' });
    expectProblem(refused, 422);
    expect(refused.body.products).toEqual(['prd_000000000000']);
    for (const quantity of [-1, 0, 1.5, 1e9]) {
      expectProblem(await place({ productId: 'prd_000000000000', quantity }), 400);
    }
  });
});

it('a product is never oversold, however many order it at once', async () => {
  const productId = await newProduct(RUSH / 2);
  const placed = await Promise.all(Array.from({ length: RUSH }, () => place({ productId })));
  const orders = await Promise.all(placed.map(({ body }) => finished(body.orderId)));
  const count = (status: string) => orders.filter((order) => order.status === status).length;
  expect([count('CONFIRMED'), count('REFUSED')]).toEqual([RUSH / 2, RUSH / 2]);
  expect(await stockOf(productId)).toBe(0);
  for (const { orderId } of orders) expect(await messageAbout(orderId)).toHaveLength(1);
  expect(await deadLetters()).toEqual({});
});

describe("a customer's orders", () => {
  it('are listed, the newest first, and no other customer sees them', async () => {
    const productId = await newProduct(5);
    const [first, second] = [await place({ productId, token: eve }), await place({ productId, token: eve })];
    const listed = await call('orders', '/orders?limit=2', { token: eve });
    expect(listed.body.items.map(({ orderId }: any) => orderId)).toEqual([
      second.body.orderId,
      first.body.orderId,
    ]);
    const mine = await call('orders', '/orders?limit=50', { token: ada });
    expect(mine.body.items.map(({ orderId }: any) => orderId)).not.toContain(first.body.orderId);
  });

  it('cannot be read or cancelled by another customer', async () => {
    const { orderId } = (await place({ productId: await newProduct(1), token: eve })).body;
    expectProblem(await call('orders', `/orders/${orderId}`, { token: ada }), 404);
    expectProblem(await call('orders', `/orders/${orderId}`, { method: 'DELETE', token: ada }), 404);
    expectProblem(await call('orders', `/orders/${orderId}`), 401);
  });

  it('have messages that no other customer reads', async () => {
    const { orderId } = (await place({ productId: await newProduct(1), token: eve })).body;
    await finished(orderId, eve);
    await messageAbout(orderId, eve);
    const { body } = await call('notifications', '/inbox?limit=50', { token: ada });
    expect(body.items.map((message: any) => message.orderId)).not.toContain(orderId);
    expectProblem(await call('notifications', '/inbox'), 401);
  });
});
