import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { createClient } from 'cdk-trellis/client';
import { localClientConfig } from '../../bin/local-storefront.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import { payments } from './idempotency/contract.js';

let cloud: LocalCloud;
let stateDir: string;

const start = async () => {
  cloud = await startLocalCloud({ projectDir: join(__dirname, 'idempotency'), port: 0, stateDir });
};

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'trellis-idempotency-'));
  await start();
  await cloud.deploy();
});

afterAll(async () => {
  await cloud?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

const baseUrl = () => cloud.info().apis.payments!.replace(/\/$/, '');
const clientOf = (token: string, options: object = {}) =>
  createClient(payments, { baseUrl: baseUrl(), token: () => token, ...options });
const pay = (what: string, key: string, { token = 'ann', milliseconds = 0, ...options } = {}) =>
  clientOf(token, options).pay({ body: { what, milliseconds }, idempotencyKey: key });

async function runsOf(what: string): Promise<number> {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(localClientConfig(cloud)));
  const { Count } = await documents.send(
    new QueryCommand({
      TableName: cloud.info().outputs.Idempotency!.LogName,
      KeyConditionExpression: 'what = :what',
      ExpressionAttributeValues: { ':what': what },
    }),
  );
  return Count!;
}

describe('a deployed operation that is idempotent', () => {
  it('pays once for a double click, and both get the same', async () => {
    const key = randomUUID();
    const clicks = ['a', 'b', 'c'].map(() => pay('double click', key, { milliseconds: 500 }));
    const [one, two, three] = await Promise.all(clicks);
    expect(one).toMatchObject({ status: 201, body: { paid: expect.any(String) } });
    expect([two!.body, three!.body]).toEqual([one!.body, one!.body]);
    expect(await runsOf('double click')).toBe(1);
  });

  it('refuses another body, and gives another caller nothing of the first one', async () => {
    const key = randomUUID();
    const first = await pay('callers', key);
    expect(await pay('other', key)).toMatchObject({
      status: 422,
      body: { type: 'urn:problem:idempotency-key-reused' },
    });
    const other = await pay('callers', key, { token: 'bob' });
    expect(other.status).toBe(201);
    expect(other.body).not.toEqual(first.body);
    expect(await runsOf('callers')).toBe(2);
  });

  it.each(['cut off', 'crash'])('pays again after a run that was %s, although it was begun', async (what) => {
    const key = randomUUID();
    // The gateway's 502 or 504 is repeated by the client, which then waits for the lease to end.
    const paid = await pay(what, key);
    expect(paid).toMatchObject({ status: 201 });
    expect(await pay(what, key)).toEqual({ ...paid, headers: expect.anything() });
    expect(await runsOf(what)).toBe(2);
  });

  it('returns the same response after a restart', async () => {
    const key = randomUUID();
    const before = await pay('restart', key);
    await cloud.stop();
    await start();
    await cloud.deploy();
    const after = await pay('restart', key);
    expect(after).toMatchObject({ status: 201, body: before.body });
    expect(after.headers).toEqual(before.headers);
    expect(await runsOf('restart')).toBe(1);
  });

  it('is allowed all that it does', () => {
    expect(cloud.denials()).toEqual([]);
  });
});
