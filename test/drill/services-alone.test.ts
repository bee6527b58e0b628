import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { localClientConfig } from '../../bin/local-storefront.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import { cloudVariables } from '../behaviour/cloud-variables.js';
import { finished, messageAbout, newProduct, placeOrder } from '../behaviour/shop.js';
import { call, customerTokens } from '../behaviour/support.js';

/** The other way round than `bin/storefront.ts` has them: who is called comes after who calls. */
const ORDER = ['Notifications', 'Orders', 'Users', 'Payments', 'Products'].map((name) => `Storefront${name}`);

const stateDir = mkdtempSync(join(tmpdir(), 'trellis-services-'));
const deployed = ['StorefrontPlatform'];
let cloud: LocalCloud;
let cloudFormation: CloudFormationClient;

beforeAll(async () => {
  cloud = await startLocalCloud({ projectDir: join(__dirname, 'services-alone'), port: 0, stateDir });
  cloudFormation = new CloudFormationClient(localClientConfig(cloud));
  await deploy();
});

afterAll(async () => {
  await cloud?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

async function deploy(changed = ''): Promise<void> {
  process.env.TRELLIS_DRILL_STACKS = deployed.join(' ');
  process.env.TRELLIS_DRILL_CHANGED = changed;
  const info = await cloud.deploy();
  process.env.TRELLIS_INFO = join(stateDir, 'info.json');
  writeFileSync(process.env.TRELLIS_INFO, JSON.stringify(info));
  Object.assign(process.env, cloudVariables(cloud));
}

/** Returns the status and the last change of each stack. */
async function stacks(): Promise<Record<string, string>> {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({}));
  const own = Stacks.filter(({ StackName }) => StackName?.startsWith('Storefront'));
  return Object.fromEntries(
    own.map((stack) => [
      stack.StackName,
      `${stack.StackStatus} ${(stack.LastUpdatedTime ?? stack.CreationTime)?.toISOString()}`,
    ]),
  );
}

describe('services that are deployed one after the other, each before what it calls', () => {
  it.each(ORDER)(
    '%s is deployed alone',
    async (name) => {
      deployed.push(name);
      await deploy();
      expect((await stacks())[name]).toMatch(/^CREATE_COMPLETE /);
    },
    60_000,
  );

  it('serve an order together', async () => {
    const { accessToken: token } = await customerTokens();
    const productId = await newProduct(2);
    const { orderId } = (await placeOrder({ productId, token })).body;
    expect(await finished(orderId, token)).toMatchObject({ status: 'CONFIRMED' });
    expect(await messageAbout(orderId, token)).toMatchObject([{ kind: 'order-confirmed' }]);
    expect((await call('users', '/me', { token })).status).toBe(200);
  });

  it('are deployed again one by one, without touching the others', async () => {
    const before = await stacks();
    await deploy('StorefrontOrders');
    const { StorefrontOrders: orders, ...others } = await stacks();
    expect(orders).toMatch(/^UPDATE_COMPLETE /);
    expect({ ...others, StorefrontOrders: before.StorefrontOrders }).toEqual(before);
  });
});
