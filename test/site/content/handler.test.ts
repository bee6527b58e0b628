import { readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { buffer } from 'node:stream/consumers';
import {
  CloudFrontClient,
  CreateDistributionCommand,
  GetInvalidationCommand,
  ListInvalidationsCommand,
} from '@aws-sdk/client-cloudfront';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { handler as Handler } from '../../../lib/site/content/handler.js';
import type { ContentRequest } from '../../../lib/site/content/request.js';
import { Emulator, zipOf } from '../../local/emulator.js';
import { folderOf } from '../support.js';

const PAGE = '<!doctype html>';
const OLD = 'assets/app-B7xK9f2a.js';
const NEW = 'assets/app-D4sd9eFr.js';

let emulator: Emulator;
let s3: S3Client;
let cloudFront: CloudFrontClient;
let handler: typeof Handler;
let cloudFormation: Server;
let responses: any[];
let distributionId: string;
const environment = { ...process.env };

beforeAll(async () => {
  emulator = await Emulator.start();
  const { credentials, region } = emulator.client;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  s3 = new S3Client(emulator.client);
  cloudFront = new CloudFrontClient(emulator.client);
  handler = (await import('../../../lib/site/content/handler.js')).handler;
  await s3.send(new CreateBucketCommand({ Bucket: 'archives' }));
  cloudFormation = createServer(async (request, response) => {
    responses.push(JSON.parse((await buffer(request)).toString()));
    // The URL is S3's, which rejects a content type that was not signed.
    response.writeHead(request.headers['content-type'] ? 403 : 200).end();
  }).listen(0, '127.0.0.1');
  distributionId = await newDistribution();
});

afterAll(async () => {
  process.env = environment;
  cloudFormation?.close();
  await emulator?.stop();
});

let bucket: string;
let count = 0;

beforeEach(async () => {
  for (const method of ['log', 'warn', 'error'] as const) jest.spyOn(console, method).mockReturnValue();
  responses = [];
  bucket = `site-${++count}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
});

async function newDistribution(): Promise<string> {
  const { Distribution } = await cloudFront.send(
    new CreateDistributionCommand({
      DistributionConfig: {
        CallerReference: '1',
        Comment: '',
        Enabled: true,
        Origins: {
          Quantity: 1,
          Items: [
            {
              Id: 'o',
              DomainName: 'example.com',
              CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' },
            },
          ],
        },
        DefaultCacheBehavior: { TargetOriginId: 'o', ViewerProtocolPolicy: 'https-only' },
      },
    }),
  );
  return Distribution!.Id!;
}

/** Deploys files like CloudFormation, and returns the response to it. */
async function deploy(files: Record<string, string>, request: Partial<ContentRequest> = {}, type = 'Update') {
  const folder = folderOf(files);
  const Key = `${++count}.zip`;
  await s3.send(new PutObjectCommand({ Bucket: 'archives', Key, Body: zipOf(folder) }));
  rmSync(folder, { recursive: true });
  return call(type, { archiveKey: Key, ...request });
}

async function call(RequestType: string, request: Partial<ContentRequest>, milliseconds = 60_000) {
  const ResourceProperties = {
    archiveBucket: 'archives',
    bucket,
    distributionId,
    configuration: '{}',
    rules: '{}',
    keepReplacedDays: '30',
    ephemeral: 'false',
    ...request,
  };
  const { port } = cloudFormation.address() as AddressInfo;
  const event = {
    RequestType,
    RequestId: String(++count),
    ResponseURL: `http://127.0.0.1:${port}/`,
    ResourceProperties,
  };
  await handler(
    event as any,
    { getRemainingTimeInMillis: () => milliseconds, logStreamName: 'stream', memoryLimitInMB: '1024' } as any,
  );
  return responses.at(-1);
}

async function keys(): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key }) => Key!);
}

async function uploads(): Promise<Map<string, number>> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return new Map(Contents.map(({ Key, LastModified }) => [Key!, LastModified!.getTime()]));
}

async function text(path: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `site/${path}` }));
  return (await Body?.transformToString()) ?? '';
}

async function cacheControl(path: string): Promise<string | undefined> {
  const { CacheControl } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `site/${path}` }));
  return CacheControl;
}

/** Moves the replacement of files to the past. */
async function makeOlder(days: number): Promise<void> {
  const place = { Bucket: bucket, Key: 'deployment.json' };
  const { Body } = await s3.send(new GetObjectCommand(place));
  const state = JSON.parse((await Body?.transformToString()) ?? '');
  for (const path of Object.keys(state.replaced))
    state.replaced[path] = new Date(Date.parse(state.replaced[path]) - days * 24 * 3600_000).toISOString();
  await s3.send(new PutObjectCommand({ ...place, Body: JSON.stringify(state) }));
}

/** Returns the paths of all invalidations. */
async function invalidations(): Promise<string[][]> {
  const { InvalidationList } = await cloudFront.send(
    new ListInvalidationsCommand({ DistributionId: distributionId }),
  );
  const requests = (InvalidationList?.Items ?? []).map(({ Id }) =>
    cloudFront.send(new GetInvalidationCommand({ DistributionId: distributionId, Id })),
  );
  return (await Promise.all(requests)).map(
    ({ Invalidation }) => Invalidation?.InvalidationBatch?.Paths?.Items ?? [],
  );
}

it('uploads the files and the configuration, and responds to CloudFormation', async () => {
  const response = await deploy({ 'index.html': PAGE, [OLD]: '1' }, { configuration: '{"a":1}' }, 'Create');
  expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: bucket });
  expect(await keys()).toEqual(['deployment.json', `site/${OLD}`, 'site/config.json', 'site/index.html']);
  expect(await text('config.json')).toBe('{"a":1}');
  const page = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'site/index.html' }));
  expect([page.ContentType, page.CacheControl]).toEqual(['text/html; charset=utf-8', 'no-cache']);
  expect(await invalidations()).toEqual([]);
});

it('uploads only changed files, and invalidates exactly those', async () => {
  const files = { 'index.html': PAGE, 'robots.txt': 'one', 'old page.html': PAGE, [OLD]: '1' };
  await deploy(files);
  const previous = await uploads();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const { 'old page.html': _, ...rest } = files;
  await deploy({ ...rest, 'robots.txt': 'two', 'new.html': PAGE });
  const changed = [...(await uploads())]
    .filter(([key, time]) => previous.get(key) !== time)
    .map(([key]) => key);
  expect(changed).toEqual(['deployment.json', 'site/new.html', 'site/robots.txt']);
  expect(await keys()).not.toContain('site/old page.html');
  expect((await invalidations()).at(-1)).toEqual(['/old%20page.html', '/robots.txt']);
});

it('invalidates everything when more than 100 paths changed', async () => {
  const many = (text: string) =>
    Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`page-${index}.txt`, text]));
  await deploy({ 'index.html': PAGE, ...many('1') });
  await deploy({ 'index.html': PAGE, ...many('2') });
  expect((await invalidations()).at(-1)).toEqual(['/*']);
});

it('keeps replaced files with hashed names for 30 days', async () => {
  await deploy({ 'index.html': PAGE, [OLD]: '1' });
  await deploy({ 'index.html': PAGE, [NEW]: '2' });
  expect(await keys()).toContain(`site/${OLD}`);
  await deploy({ 'index.html': PAGE, [NEW]: '2' });
  expect(await keys()).toContain(`site/${OLD}`);
  await makeOlder(31);
  await deploy({ 'index.html': PAGE, [NEW]: '2' });
  expect(await keys()).not.toContain(`site/${OLD}`);
  expect(await keys()).toContain(`site/${NEW}`);
});

it('keeps replaced files of the folders that the user states', async () => {
  const rules = '{"hashedFolders":["build/"]}';
  await deploy({ 'index.html': PAGE, 'build/one.js': '1', [OLD]: '1' }, { rules });
  await deploy({ 'index.html': PAGE, 'build/two.js': '2' }, { rules });
  expect(await keys()).toEqual([
    'deployment.json',
    'site/build/one.js',
    'site/build/two.js',
    'site/config.json',
    'site/index.html',
  ]);
});

it('a file that changes under the same name is not immutable from then on', async () => {
  await deploy({ 'index.html': PAGE, [OLD]: '1' });
  expect(await cacheControl(OLD)).toBe('public, max-age=31536000, immutable');
  await deploy({ 'index.html': PAGE, [OLD]: '2' });
  expect(await cacheControl(OLD)).toBe('public, max-age=300, s-maxage=86400');
  await deploy({ 'index.html': PAGE, [OLD]: '2', 'new.html': PAGE });
  expect(await cacheControl(OLD)).toBe('public, max-age=300, s-maxage=86400');
});

it('files of a state of an earlier version stay immutable', async () => {
  await deploy({ 'index.html': PAGE, [OLD]: '1' });
  const earlier = JSON.stringify({ files: { [OLD]: { hash: 'x', etag: '"x"' } }, replaced: {} });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'deployment.json', Body: earlier }));
  await deploy({ 'index.html': PAGE, [OLD]: '1' });
  expect(await cacheControl(OLD)).toBe('public, max-age=31536000, immutable');
});

it('uploads a file again when only its headers have changed', async () => {
  await deploy({ 'index.html': PAGE, 'game.js.br': '1' });
  const fileHeaders = { '*.js.br': { contentType: 'text/javascript', contentEncoding: 'br' } };
  await deploy({ 'index.html': PAGE, 'game.js.br': '1' }, { rules: JSON.stringify({ fileHeaders }) });
  const file = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'site/game.js.br' }));
  expect([file.ContentType, file.ContentEncoding]).toEqual(['text/javascript', 'br']);
  expect((await invalidations()).at(-1)).toEqual(['/game.js.br']);
});

it('leaves nothing on disk', async () => {
  const folders = () => readdirSync(tmpdir()).filter((name) => /^site-.{6}$/.test(name));
  const before = folders();
  await deploy({ 'index.html': PAGE });
  await call('Create', { archiveKey: 'none.zip' });
  expect(folders()).toEqual(before);
});

it('does not change the pages when an earlier upload fails', async () => {
  await deploy({ 'index.html': PAGE, [OLD]: '1' });
  // The configuration is uploaded between the scripts and the pages.
  const broken = await deploy({ 'index.html': `${PAGE} two`, [NEW]: '2' }, { configuration: 7 as never });
  expect(broken).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/\(log stream stream\)$/) });
  expect(await keys()).toContain(`site/${NEW}`);
  expect(await text('index.html')).toBe(PAGE);
});

it('uploads everything again when its state is not readable', async () => {
  await deploy({ 'index.html': PAGE });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'deployment.json', Body: '{"fil' }));
  expect((await deploy({ 'index.html': PAGE })).Status).toBe('SUCCESS');
  expect((await invalidations()).at(-1)).toEqual(['/config.json', '/index.html']);
});

it('restores the previous pages in a rollback after a failure', async () => {
  await deploy({ 'index.html': PAGE });
  const failed = await deploy({ 'index.html': `${PAGE} two` }, { distributionId: 'NONE' });
  expect(failed.Status).toBe('FAILED');
  expect(await text('index.html')).toBe(`${PAGE} two`);
  expect((await deploy({ 'index.html': PAGE })).Status).toBe('SUCCESS');
  expect(await text('index.html')).toBe(PAGE);
});

it.each([
  ['does not exist', 'none.zip', /NoSuchKey/],
  ['is not a zip file', 'site/index.html', /end of central directory/i],
])('reports a failure to CloudFormation when the archive %s', async (_case, archiveKey, reason) => {
  await s3.send(new PutObjectCommand({ Bucket: 'archives', Key: 'site/index.html', Body: PAGE.repeat(10) }));
  expect(await call('Create', { archiveKey })).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringMatching(reason),
  });
});

it('reports a failure to CloudFormation before Lambda ends it', async () => {
  const response = await call('Create', { archiveKey: 'none.zip' }, 0);
  expect(response).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining('The deployment timed out after 0 seconds'),
  });
});

it('empties the bucket when the resource is deleted, if the app is ephemeral', async () => {
  await deploy({ 'index.html': PAGE });
  expect((await call('Delete', {})).Status).toBe('SUCCESS');
  expect(await keys()).toHaveLength(3);
  expect((await call('Delete', { ephemeral: 'true' })).Status).toBe('SUCCESS');
  await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
});
