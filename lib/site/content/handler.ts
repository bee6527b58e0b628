// The function that deploys a Site's content: uploads the built files to its bucket and invalidates changed paths.
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { withFilesOf } from './archive.js';
import { type Deployed, deploy } from './deploy.js';
import { CONFIGURATION_FILE, type ContentRequest } from './request.js';
import { respondToCloudFormation } from './response.js';
import { Store } from './store.js';

/** Limits of idle time, not of uploads: the SDK retries a stalled connection. */
const LIMITS = { connectionTimeout: 3000, socketTimeout: 20_000 } as const;

const s3 = new S3Client({ requestHandler: LIMITS });
const cloudFront = new CloudFrontClient({ maxAttempts: 6, requestHandler: LIMITS });

/** Paths per invalidation, beyond which one wildcard replaces them: the first thousand paths of a month are free. */
const MAX_INVALIDATED = 100;

/** Paths per list in the log, which has at most 256 KB per entry. */
const MAX_LOGGED = 100;

/** Memory of the function that is not for contents: Node.js, the SDK, and buffers of uploads. */
const OVERHEAD_MEGABYTES = 384;

export async function handler(event: CloudFormationCustomResourceEvent, context: Context): Promise<void> {
  const request = event.ResourceProperties as unknown as ContentRequest;
  await respondToCloudFormation(event, context, request.bucket, () =>
    event.RequestType === 'Delete' ? remove(request) : put(request, event.RequestId, context),
  );
}

async function put(request: ContentRequest, requestId: string, context: Context): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'site-'));
  try {
    const archive = join(folder, 'archive.zip');
    await download(request, archive);
    const { uploaded, deleted, stale, unhashed } = await withFilesOf(archive, (files) =>
      deployFiles(request, files, context),
    );
    const log = { uploaded: some(uploaded), deleted: some(deleted), stale: some(stale) };
    console.log({ message: 'The content is deployed', ...log });
    if (unhashed.length > 0) {
      const message = 'Files changed under the same name, and are not cached as immutable any more';
      console.warn({ message, files: some(unhashed) });
    }
    if (stale.length > 0) await invalidate(request.distributionId, stale, requestId);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Stores the archive on disk. */
async function download({ archiveBucket, archiveKey }: ContentRequest, path: string): Promise<void> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: archiveBucket, Key: archiveKey }));
  if (!Body) throw new Error(`The archive ${archiveKey} is empty`);
  await pipeline(Body as Readable, createWriteStream(path));
}

function deployFiles(
  { bucket, configuration, rules, keepReplacedDays }: ContentRequest,
  files: Parameters<typeof deploy>[1],
  context: Context,
): Promise<Deployed> {
  const content = async () => Buffer.from(configuration);
  const all = [...files, { path: CONFIGURATION_FILE, size: configuration.length, content }];
  const megabytes = Number(context.memoryLimitInMB) || 1024;
  return deploy(new Store(s3, bucket), all, {
    rules: JSON.parse(rules),
    keepReplacedDays: Number(keepReplacedDays),
    now: new Date(),
    maxBytes: Math.max(megabytes - OVERHEAD_MEGABYTES, 64) * 1024 * 1024,
    onProgress: progress(all.length),
  });
}

/** Returns a function that logs the number of files in place after each thousand. */
function progress(total: number): () => void {
  let done = 0;
  return () => {
    if (++done % 1000 === 0) console.log({ message: 'Deploying the content', done, total });
  };
}

function some(paths: readonly string[]): { count: number; paths: readonly string[] } {
  return { count: paths.length, paths: paths.slice(0, MAX_LOGGED) };
}

async function remove({ bucket, ephemeral }: ContentRequest): Promise<void> {
  if (ephemeral === 'true') await new Store(s3, bucket).empty();
}

async function invalidate(
  DistributionId: string,
  stale: readonly string[],
  reference: string,
): Promise<void> {
  const paths = stale.map((path) => `/${path.split('/').map(encodeURIComponent).join('/')}`);
  const Items = paths.length > MAX_INVALIDATED ? ['/*'] : paths;
  await cloudFront.send(
    new CreateInvalidationCommand({
      DistributionId,
      InvalidationBatch: { CallerReference: reference, Paths: { Quantity: Items.length, Items } },
    }),
  );
}
