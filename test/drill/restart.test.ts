import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createClient } from 'cdk-trellis/client';
import { furnish, localClientConfig } from '../../bin/local-storefront.js';
import { OrderPlaced } from '../../contracts/order-events.js';
import { type Order, ordersApi } from '../../contracts/orders.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import { newestSave } from '../../lib/local/kept-state.js';
import { nameOf } from '../behaviour/deployed.js';
import { address, newProduct, placeOrder } from '../behaviour/shop.js';
import { call, deployedCloud, deployedInfo, tokensOf } from '../behaviour/support.js';

const ORDERS = Number(process.env.TRELLIS_DRILL_ORDERS ?? 30);
const CUSTOMERS = Number(process.env.TRELLIS_DRILL_CUSTOMERS ?? 6);

const projectDir = join(__dirname, '../..');
const stateDir = mkdtempSync(join(tmpdir(), 'trellis-restart-'));
const environment = { ...process.env };
let cloud: LocalCloud;
let productId: string;
let customers: { token: string; id: string }[];

interface Placed {
  readonly orderId: string;
  readonly key: string;
  readonly token: string;
  /** When it was acknowledged. */
  readonly at: number;
  /** How it was paid. */
  readonly cardToken: string;
}

async function start(): Promise<void> {
  cloud = await startLocalCloud({ projectDir, port: 0, stateDir, log: (line) => lines.push(line) });
  use();
}
const lines: string[] = [];

/** The suite's helpers find the cloud by the environment; its keys are new after each start. */
function use(): void {
  const file = join(stateDir, 'info.json');
  writeFileSync(file, JSON.stringify(cloud.info()));
  process.env.TRELLIS_INFO = file;
  process.env.TRELLIS_ACCESS_KEY_ID = cloud.credentials.accessKeyId;
  process.env.TRELLIS_SECRET_ACCESS_KEY = cloud.credentials.secretAccessKey;
}

beforeAll(async () => {
  delete process.env.TRELLIS_TOKEN_KEY;
  await start();
  await furnish(await cloud.deploy(), cloud.credentials);
  use();
  productId = await newProduct(10_000);
  customers = await Promise.all(
    Array.from({ length: CUSTOMERS }, async (_, n) => {
      const { accessToken: token } = await tokensOf({
        email: `drill-${n}@example.com`,
        password: 'A-drills-password-1',
      });
      const { sub } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
      return { token, id: sub };
    }),
  );
}, 300_000);
afterAll(async () => {
  await cloud?.stop();
  process.env = environment;
  rmSync(stateDir, { recursive: true, force: true });
}, 60_000);

/**
 * Orders of all customers at once, some declined, some with their event published twice. When half of them are
 * acknowledged, the cloud ends. Returns those that were acknowledged.
 */
async function placeUnderLoad(end: () => void): Promise<Placed[]> {
  const placed: Placed[] = [];
  const bus = new EventBridgeClient({ ...localClientConfig(deployedCloud()), maxAttempts: 1 });
  const EventBusName = await nameOf('StorefrontPlatform', 'AWS::Events::EventBus', 'EventsBus');
  let ended = false;
  const shop = async ({ token, id: customerId }: { token: string; id: string }) => {
    for (let n = 0; n < ORDERS / CUSTOMERS; n += 1) {
      const [key, cardToken] = [randomUUID(), n % 5 === 4 ? 'tok_decline' : 'tok_approve'];
      try {
        const { status, body } = await placeOrder({ productId, token, key, cardToken });
        if (status !== 201) continue;
        const { orderId } = body;
        placed.push({ orderId, key, token, at: Date.now(), cardToken });
        if (placed.length >= ORDERS / 2 && !ended) {
          ended = true;
          end();
        }
        if (n % 3 !== 1) continue;
        const id = randomUUID();
        const data = {
          orderId,
          customerId,
          lines: [{ productId, quantity: 1 }],
          total: body.total,
          cardToken,
        };
        const metadata = {
          id,
          version: OrderPlaced.version,
          time: new Date().toISOString(),
          correlationId: id,
        };
        const entry = {
          EventBusName,
          Source: OrderPlaced.source,
          DetailType: OrderPlaced.name,
          Detail: JSON.stringify({ metadata, data }),
        };
        await bus.send(new PutEventsCommand({ Entries: [entry] }));
      } catch {
        // What was not acknowledged does not count.
        if (ended) return;
      }
    }
  };
  await Promise.all(customers.map(shop));
  return placed;
}

/**
 * Repeats a request whose effect is lost. The last save may have its key as in progress: the client waits until the
 * lease of the killed invocation ends.
 */
async function placedAgain({ key, token, cardToken, at }: Placed): Promise<Placed> {
  const baseUrl = deployedInfo().apis.orders!;
  const orders = createClient(ordersApi, { baseUrl, token: () => token, timeout: 60_000 });
  const order = { lines: [{ productId, quantity: 1 }], address, cardToken };
  const { status, body } = await orders.placeOrder({ body: order, idempotencyKey: key });
  expect({ status, body }).toMatchObject({ status: 201, body: { orderId: expect.any(String) } });
  return { orderId: (body as Order).orderId, key, token, cardToken, at };
}

/** The final state of an order; undefined when there is no such order. */
async function finalState({ orderId, token }: Placed): Promise<string | undefined> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const { status, body } = await call('orders', `/orders/${orderId}`, { token });
    if (status === 404) return undefined;
    if (status === 200 && body.status !== 'PLACED') return body.status;
    await sleep(200);
  }
  return 'PLACED for two minutes';
}

/** Messages in queues of failures, by the queue. */
async function failures(): Promise<string[]> {
  const sqs = new SQSClient(localClientConfig(deployedCloud()));
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

const FINAL = ['CONFIRMED', 'REFUSED', 'CANCELLED'];

it('every order that was accepted before a stop under load ends in a final state after the next start', async () => {
  let stopping: Promise<unknown> | undefined;
  const placed = await placeUnderLoad(() => {
    stopping = cloud.stop();
  });
  expect(await stopping).toMatchObject({ kept: true });
  await start();
  await cloud.deploy();
  use();
  expect(placed.length).toBeGreaterThanOrEqual(ORDERS / 2);
  const states = await Promise.all(placed.map(finalState));
  expect(states.filter((state) => !FINAL.includes(state!))).toEqual([]);
  expect(await failures()).toEqual([]);
}, 300_000);

it('every order that was accepted before the last save of a killed cloud ends in a final state, the others can be placed again', async () => {
  const { pid } = JSON.parse(readFileSync(join(stateDir, 'state.json'), 'utf8'));
  const placed = await placeUnderLoad(() => void process.kill(pid, 'SIGKILL'));
  const { takenAt } = newestSave({ dataDir: join(stateDir, 'data') })!;
  await start();
  await cloud.deploy();
  use();
  expect(lines.join('\n')).toMatch(/killed instead of stopped. Its last save was at/);
  const lost: Placed[] = [];
  for (const order of placed) {
    const state = await finalState(order);
    if (state === undefined) lost.push(order);
    else expect(FINAL).toContain(state);
  }
  expect(lost.filter(({ at }) => at < takenAt * 1000)).toEqual([]);
  for (const order of lost) expect(FINAL).toContain(await finalState(await placedAgain(order)));
  expect(placed.length).toBeGreaterThanOrEqual(ORDERS / 2);
  expect(await failures()).toEqual([]);
}, 300_000);
