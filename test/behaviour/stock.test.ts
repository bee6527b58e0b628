import { randomUUID } from 'node:crypto';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { localClientConfig } from '../../bin/local-storefront.js';
import { STOCK } from '../../stacks/products.js';
import { publishedName } from '../../stacks/published-functions.js';
import { newProduct, stockOf } from './shop.js';
import { deployedCloud } from './support.js';

const lambda = new LambdaClient(localClientConfig(deployedCloud()));

/** Calls a function as another service does: by its name, waiting for the result. */
async function invoke(name: string, event: unknown): Promise<any> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: publishedName(STOCK, name), Payload: JSON.stringify(event) }),
  );
  const result = JSON.parse(new TextDecoder().decode(Payload));
  if (FunctionError) throw new Error(result.errorMessage);
  return result;
}

const newOrderId = () => `ord_${randomUUID().replaceAll('-', '')}`;

it('an order reserves, and releases, once however often it is asked to', async () => {
  const productId = await newProduct(5);
  const order = { orderId: newOrderId(), lines: [{ productId, quantity: 3 }] };
  for (const _ of [1, 2]) expect(await invoke('Reserve', order)).toEqual({ status: 'done' });
  expect(await stockOf(productId)).toBe(2);
  for (const _ of [1, 2]) {
    expect(await invoke('Release', { orderId: order.orderId })).toEqual({ status: 'done' });
  }
  expect(await stockOf(productId)).toBe(5);
  expect(await invoke('Reserve', order)).toEqual({ status: 'refused', products: [] });
  expect(await stockOf(productId)).toBe(5);
});

it('an order takes all of its lines or none', async () => {
  const [many, few] = await Promise.all([newProduct(5), newProduct(1)]);
  const lines = [
    { productId: many, quantity: 2 },
    { productId: few, quantity: 2 },
  ];
  expect(await invoke('Reserve', { orderId: newOrderId(), lines })).toEqual({
    status: 'refused',
    products: [few],
  });
  expect(await stockOf(many)).toBe(5);
});

it('what is released before it was reserved stays released', async () => {
  const productId = await newProduct(5);
  const orderId = newOrderId();
  expect(await invoke('Release', { orderId })).toEqual({ status: 'done' });
  const late = await invoke('Reserve', { orderId, lines: [{ productId, quantity: 1 }] });
  expect(late).toEqual({ status: 'refused', products: [] });
  expect(await stockOf(productId)).toBe(5);
});

it('a settled reservation can still be given back, a released one is not settled any more', async () => {
  const productId = await newProduct(2);
  const order = { orderId: newOrderId(), lines: [{ productId, quantity: 2 }] };
  await invoke('Reserve', order);
  for (const _ of [1, 2]) {
    expect(await invoke('Settle', { orderId: order.orderId })).toEqual({ status: 'done' });
  }
  await invoke('Release', { orderId: order.orderId });
  expect(await stockOf(productId)).toBe(2);
  expect(await invoke('Settle', { orderId: order.orderId })).toEqual({ status: 'refused', products: [] });
});

it('is never oversold, however many orders come at once', async () => {
  const productId = await newProduct(5);
  const orders = Array.from({ length: 12 }, () =>
    invoke('Reserve', { orderId: newOrderId(), lines: [{ productId, quantity: 1 }] }),
  );
  const statuses = (await Promise.allSettled(orders)).map((result) =>
    result.status === 'fulfilled' ? result.value.status : 'to be retried',
  );
  expect(statuses.filter((status) => status === 'done').length).toBe(5 - (await stockOf(productId)));
  expect(await stockOf(productId)).toBeGreaterThanOrEqual(0);
});

it('prices are quoted for the products there are', async () => {
  const productId = await newProduct(1);
  expect(await invoke('Quote', { productIds: [productId, 'prd_000000000000'] })).toEqual({
    products: [{ productId, name: 'Stool', price: { amount: 1250, currency: 'EUR' } }],
  });
});
