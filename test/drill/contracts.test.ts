import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { bodyOf, CallError, type Client, createClient, upload } from 'cdk-trellis/client';
import { localClientConfig } from '../../bin/local-storefront.js';
import { type LocalCloud, startLocalCloud } from '../../lib/local/index.js';
import { everythingApi } from './contracts/contract.js';

const stateDir = mkdtempSync(join(tmpdir(), 'trellis-contracts-'));
let cloud: LocalCloud;
let api: string;
let bucket: string;
let client: Client<typeof everythingApi>;

beforeAll(async () => {
  cloud = await startLocalCloud({ projectDir: join(__dirname, 'contracts'), port: 0, stateDir });
  const { apis, outputs } = await cloud.deploy();
  api = apis.everything!;
  bucket = (outputs.Everything as Record<string, string>).PhotosName!;
  client = createClient(everythingApi, { baseUrl: api });
}, 180_000);

afterAll(async () => {
  await cloud?.stop();
  rmSync(stateDir, { recursive: true, force: true });
  rmSync(join(__dirname, 'contracts/.trellis'), { recursive: true, force: true });
});

describe('bytes', () => {
  const bytes = new Uint8Array([0, 255, 128, 13, 10, 0xc3, 0x28]);

  it('arrive and come back as they are', async () => {
    expect(bodyOf(await client.mirrorPhoto({ body: bytes, contentType: 'image/png' }))).toEqual(
      bytes.toReversed(),
    );
    const many = new Uint8Array(3_000_000).fill(7);
    expect(bodyOf(await client.mirrorPhoto({ body: many, contentType: 'image/gif' }))).toHaveLength(
      3_000_000,
    );
  });

  it('come back for whatever a browser accepts', async () => {
    const accept = 'text/html,image/avif,*/*;q=0.8';
    const response = await fetch(`${api}/photos`, {
      method: 'POST',
      headers: { 'content-type': 'image/png', accept },
      body: bytes,
    });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes.toReversed());
  });

  it('that are too many, or of another type, are refused', async () => {
    const body = new Uint8Array(3_000_001);
    expect(await client.mirrorPhoto({ body, contentType: 'image/png' })).toMatchObject({ status: 413 });
    expect(await client.mirrorPhoto({ body: bytes, contentType: 'text/plain' as never })).toMatchObject({
      status: 415,
    });
  });
});

describe('a choice of content types', () => {
  const params = { day: '2027-01-31' };

  it('is the caller’s', async () => {
    expect(await client.getReport({ params })).toMatchObject({
      type: 'application/json',
      body: { at: new Date('2027-01-31') },
    });
    expect(await client.getReport({ params, accept: 'text/csv' })).toMatchObject({
      body: 'at\n2027-01-31\n',
    });
    expect((await fetch(`${api}/reports/2027-01-31`, { headers: { accept: 'image/png' } })).status).toBe(406);
  });

  it('of a deprecated operation comes with its dates', async () => {
    const { headers } = await client.getReport({ params });
    expect([headers.get('deprecation'), headers.get('sunset')]).toEqual([
      '@1801353600',
      'Sat, 31 Jul 2027 00:00:00 GMT',
    ]);
  });
});

describe('an order', () => {
  const due = '2027-01-31T00:00:00.000Z';

  it('has its key, its headers and its dates', async () => {
    const result = await client.placeOrder({
      body: { quantity: 1, due },
      headers: { 'x-shop': 'main' },
      idempotencyKey: 'k1',
    });
    expect(result).toMatchObject({
      status: 201,
      headers: { location: '/orders/k1' },
      body: { key: 'k1', shop: 'main', due: new Date(due) },
    });
  });

  it('that is refused has the reason', async () => {
    const result = await client.placeOrder({ body: { quantity: 11, due }, headers: { 'x-shop': 'main' } });
    expect(result).toMatchObject({ status: 409, body: { type: 'urn:problem:out-of-stock', available: 10 } });
  });

  it('without its headers is refused', async () => {
    const body = JSON.stringify({ quantity: 1, due });
    const response = await fetch(`${api}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const { errors } = await response.json();
    expect(errors.map(({ path }: { path: string }) => path)).toEqual(['.x-shop', '.idempotency-key']);
  });
});

it('a change of an old version is refused', async () => {
  const change = (match: string) =>
    client.changeThing({ params: { thingId: 'x' }, headers: { 'if-match': match } });
  expect(await change('"7"')).toMatchObject({ status: 204 });
  expect(await change('"6"')).toMatchObject({
    status: 412,
    body: { type: 'urn:problem:precondition-failed' },
  });
});

describe('a file', () => {
  it('is sent to S3 itself, under the one key', async () => {
    const { upload: allowed, key } = bodyOf(await client.startUpload());
    await upload(allowed, new Blob(['hello'], { type: 'text/plain' }));
    const s3 = new S3Client({ ...localClientConfig(cloud), forcePathStyle: true });
    const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    expect([await Body!.transformToString(), ContentType]).toEqual(['hello', 'text/plain']);
  });

  it('that is larger than allowed is refused', async () => {
    const { upload: allowed } = bodyOf(await client.startUpload());
    const error = await upload(allowed, new Blob(['x'.repeat(11)])).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(CallError);
    expect(error.response.text).toContain('EntityTooLarge');
  });
});
