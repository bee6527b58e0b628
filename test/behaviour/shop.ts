import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { adminTokens, call } from './support.js';

export const address = {
  recipient: 'Ada Lovelace',
  street: "St James's Square 12",
  postalCode: 'SW1Y 4JH',
  city: 'London',
  country: 'GB',
};

/** Puts a stool for EUR 12.50 into the catalogue. */
export async function newProduct(stock: number): Promise<string> {
  const { accessToken: token } = await adminTokens();
  const body = {
    name: 'Stool',
    description: '',
    category: 'seating',
    price: { amount: 1250, currency: 'EUR' },
    stock,
  };
  return (await call('products', '/products', { body, token })).body.productId;
}

export const stockOf = async (productId: string) =>
  (await call('products', `/products/${productId}`)).body.stock;

export interface Wish {
  readonly productId: string;
  readonly token: string;
  readonly quantity?: number;
  readonly cardToken?: string;
  readonly key?: string;
}

export function placeOrder(wish: Wish) {
  const { productId, token, quantity = 1, cardToken = 'tok_approve', key = randomUUID() } = wish;
  return call('orders', '/orders', {
    token,
    headers: { 'idempotency-key': key },
    body: { lines: [{ productId, quantity }], address, cardToken },
  });
}

/** The order, once it is finished. */
export async function finished(orderId: string, token: string): Promise<any> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const { status, body } = await call('orders', `/orders/${orderId}`, { token });
    // A problem has a status, too: on a busy machine the API may time out.
    if (status === 200 && body.status !== 'PLACED') return body;
    await setTimeout(200);
  }
  throw new Error(`The order ${orderId} is not finished after 100 seconds`);
}

/** All messages to a customer. */
export async function inboxOf(token: string): Promise<any[]> {
  const messages = [];
  let cursor = '';
  do {
    const { body } = await call('notifications', `/inbox?limit=50${cursor && `&cursor=${cursor}`}`, {
      token,
    });
    messages.push(...body.items);
    cursor = body.nextCursor ?? '';
  } while (cursor);
  return messages;
}

/** The message about an order, once it is there. */
export async function messageAbout(orderId: string, token: string): Promise<any[]> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const found = (await inboxOf(token)).filter((message) => message.orderId === orderId);
    if (found.length > 0) return found;
    await setTimeout(200);
  }
  throw new Error(`No message about ${orderId} after 100 seconds`);
}
