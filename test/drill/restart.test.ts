import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { furnish } from '../../bin/local-storefront.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import { newestSave } from '../../lib/local/stop-report.js';
import { newProduct } from '../behaviour/shop.js';
import { tokensOf } from '../behaviour/support.js';
import { type Customer, type Placed, placeUnderLoad } from './restart/load.js';
import {
  expectBalanced,
  failures,
  finalOrder,
  finalOrders,
  ofEachCustomer,
  placeAgain,
} from './restart/outcome.js';

const ORDERS = Number(process.env.TRELLIS_DRILL_ORDERS ?? 30);
const CUSTOMERS = Number(process.env.TRELLIS_DRILL_CUSTOMERS ?? 6);
const STOCK = 10_000;
jest.setTimeout(240_000 + ORDERS * 2000);

const projectDir = join(__dirname, '../..');
const stateDir = mkdtempSync(join(tmpdir(), 'trellis-restart-'));
const environment = { ...process.env };
const lines: string[] = [];
let cloud: LocalCloud;
let productId: string;
let customers: Customer[];

async function start(): Promise<void> {
  cloud = await startLocalCloud({ projectDir, port: 0, stateDir, log: (line) => lines.push(line) });
  use();
}

/** The suite's helpers find the cloud by the environment; its keys are new after each start. */
function use(): void {
  const file = join(stateDir, 'info.json');
  writeFileSync(file, JSON.stringify(cloud.info()));
  process.env.TRELLIS_INFO = file;
  process.env.TRELLIS_ACCESS_KEY_ID = cloud.credentials.accessKeyId;
  process.env.TRELLIS_SECRET_ACCESS_KEY = cloud.credentials.secretAccessKey;
}

async function startAgain(): Promise<void> {
  await start();
  await cloud.deploy();
  use();
}

beforeAll(async () => {
  delete process.env.TRELLIS_TOKEN_KEY;
  await start();
  await furnish(await cloud.deploy(), cloud.credentials);
  use();
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
});

/** Orders of a separate product: its stock shows how many were sold. */
async function ordersUnderLoad(end: () => void): Promise<Placed[]> {
  productId = await newProduct(STOCK);
  const placed = await placeUnderLoad({ customers, orders: ORDERS, productId, end });
  expect(placed.length).toBeGreaterThanOrEqual(ORDERS / 2);
  return placed;
}

/** A cancellation that was acknowledged is never followed by a confirmation. */
const confirmed = async (orders: readonly Placed[]) => {
  const states = await finalOrders(orders);
  return states.filter((order) => order?.status !== 'REFUSED');
};

it('every order that was accepted before a stop under load ends in a final state after the next start', async () => {
  let stopping: Promise<unknown> | undefined;
  const placed = await ordersUnderLoad(() => {
    stopping = cloud.stop();
  });
  expect(await stopping).toMatchObject({ isSaved: true });
  await startAgain();
  const orders = await finalOrders(placed);
  expect(placed.filter((_, at) => orders[at] === undefined)).toEqual([]);
  expect(await confirmed(placed.filter(({ cancelledAt }) => cancelledAt))).toEqual([]);
  await expectBalanced(customers, productId, STOCK);
  expect(await failures()).toEqual([]);
});

it('every order that was accepted before the last save of a killed cloud ends in a final state, the others can be placed again', async () => {
  const { pid } = JSON.parse(readFileSync(join(stateDir, 'state.json'), 'utf8'));
  const placed = await ordersUnderLoad(() => void process.kill(pid, 'SIGKILL'));
  const { takenAt } = newestSave({ dataDir: join(stateDir, 'data') })!;
  const isSaved = (at?: number) => at !== undefined && at < takenAt * 1000;
  await startAgain();
  expect(lines.join('\n')).toMatch(/killed instead of stopped. Its last save was at/);
  const orders = await finalOrders(placed);
  const lost = placed.filter((_, at) => orders[at] === undefined);
  expect(lost.filter(({ at }) => isSaved(at))).toEqual([]);
  expect(await confirmed(placed.filter(({ cancelledAt }) => isSaved(cancelledAt)))).toEqual([]);
  const again = await ofEachCustomer(lost, async (order) => {
    const { orderId } = await placeAgain(order);
    return finalOrder({ orderId, token: order.token });
  });
  expect(again).not.toContain(undefined);
  await expectBalanced(customers, productId, STOCK);
  expect(await failures()).toEqual([]);
});
