import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { createClient } from 'cdk-trellis/client';
import { localClientConfig } from '../../../bin/local-storefront.js';
import { type Order, ordersApi } from '../../../contracts/orders.js';
import { nameOf } from '../../behaviour/deployed.js';
import { address, stockOf } from '../../behaviour/shop.js';
import { call, deployedCloud, deployedInfo } from '../../behaviour/support.js';
import type { Customer, Placed } from './load.js';

const FINAL = ['CONFIRMED', 'REFUSED'];
const config = () => localClientConfig(deployedCloud());

/** All orders are processed at the same time, so that even the first one is final only near the end of all. */
const TIMEOUT_SECONDS = 120 + Number(process.env.TRELLIS_DRILL_ORDERS ?? 0);

/** Calls until a result is there. */
async function eventually<Result>(what: string, attempt: () => Promise<Result | false>): Promise<Result> {
  const end = Date.now() + TIMEOUT_SECONDS * 1000;
  while (Date.now() < end) {
    const result = await attempt();
    if (result !== false) return result;
    await sleep(200);
  }
  throw new Error(`${what} after ${TIMEOUT_SECONDS} seconds`);
}

/** The order once it is final; undefined when it does not exist. */
export function finalOrder({ orderId, token }: Pick<Placed, 'orderId' | 'token'>) {
  return eventually<Order | undefined>(`The order ${orderId} is not final`, async () => {
    const { status, body } = await call('orders', `/orders/${orderId}`, { token });
    if (status === 404) return undefined;
    return status === 200 && FINAL.includes(body.status) && body;
  });
}

/** Results in the order of the placed orders: all customers at once, each with one order after the other. */
export async function ofEachCustomer<Result>(
  placed: readonly Placed[],
  work: (order: Placed) => Promise<Result>,
): Promise<Result[]> {
  const working = new Map<string, Promise<unknown>>();
  return Promise.all(
    placed.map((order) => {
      const result = (working.get(order.token) ?? Promise.resolve()).then(() => work(order));
      working.set(order.token, result);
      return result;
    }),
  );
}

/** The orders once they are final. */
export const finalOrders = (placed: readonly Placed[]) => ofEachCustomer(placed, finalOrder);

/**
 * Repeats a request whose effect is lost. The last save may have its key as in progress: the client waits until the
 * lease of the killed invocation ends.
 */
export async function placeAgain({ key, token, cardToken, productId }: Placed): Promise<Order> {
  const baseUrl = deployedInfo().apis.orders!;
  const orders = createClient(ordersApi, { baseUrl, token: () => token, timeout: 60_000 });
  const order = { lines: [{ productId, quantity: 1 }], address, cardToken };
  const { status, body } = await orders.placeOrder({ body: order, idempotencyKey: key });
  expect({ status, body }).toMatchObject({ status: 201, body: { orderId: expect.any(String) } });
  return body as Order;
}

/** All orders of a product, also those whose response was lost, once each is final. */
async function allOrders(customers: readonly Customer[], productId: string): Promise<Order[]> {
  const orders: Order[] = [];
  for (const { token } of customers) {
    let cursor = '';
    do {
      const path = `/orders?limit=50${cursor && `&cursor=${cursor}`}`;
      const body = await eventually('The orders are not listed', async () => {
        const response = await call('orders', path, { token });
        return response.status === 200 && response.body;
      });
      for (const { orderId } of body.items) orders.push((await finalOrder({ orderId, token }))!);
      cursor = body.nextCursor ?? '';
    } while (cursor);
  }
  return orders.filter(({ lines }) => lines[0]?.productId === productId);
}

/** The books of the shop: what is sold has left the stock and is paid, what is not has neither. */
export async function expectBalanced(customers: readonly Customer[], productId: string, stock: number) {
  const orders = await allOrders(customers, productId);
  const sold = orders.filter(({ status }) => status === 'CONFIRMED').length;
  expect(await eventually('The product is not found', async () => (await stockOf(productId)) ?? false)).toBe(
    stock - sold,
  );
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(config()));
  const TableName = await nameOf('StorefrontPayments', 'AWS::DynamoDB::GlobalTable', 'Payments');
  const wrong: unknown[] = [];
  for (const { orderId, status, reason } of orders) {
    const { Item } = await documents.send(new GetCommand({ TableName, Key: { orderId } }));
    if ((Item?.status === 'charged') !== (status === 'CONFIRMED'))
      wrong.push({ orderId, status, reason, payment: Item?.status });
  }
  expect(wrong).toEqual([]);
}

/** Messages in queues of failures, by the queue. */
export async function failures(): Promise<string[]> {
  const sqs = new SQSClient(config());
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ MaxResults: 1000 }));
  const counts = await Promise.all(
    QueueUrls.filter((url) => /DeadLetters|Failures|Waiting/.test(url)).map(async (QueueUrl) => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
      );
      return `${QueueUrl.split('/').at(-1)}: ${Attributes?.ApproximateNumberOfMessages}`;
    }),
  );
  return counts.filter((line) => !line.endsWith(': 0'));
}
