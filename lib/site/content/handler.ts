// The function that deploys a Site's content: uploads the built files to its bucket and invalidates changed paths.
import { CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { filesOf } from './archive.js';
import { deploy } from './deploy.js';
import { CONFIGURATION_FILE, type ContentRequest } from './request.js';
import { respondToCloudFormation } from './response.js';
import { Store } from './store.js';

/** Limits of idle time, not of uploads: the SDK retries a stalled connection. */
const LIMITS = { connectionTimeout: 3000, socketTimeout: 20_000 } as const;

const s3 = new S3Client({ requestHandler: LIMITS });
const cloudFront = new CloudFrontClient({ maxAttempts: 6, requestHandler: LIMITS });

/** Paths per invalidation, beyond which one wildcard replaces them: the first thousand paths of a month are free. */
const MAX_INVALIDATED = 100;

export async function handler(event: CloudFormationCustomResourceEvent, context: Context): Promise<void> {
  const request = event.ResourceProperties as unknown as ContentRequest;
  await respondToCloudFormation(event, context, request.bucket, () =>
    event.RequestType === 'Delete' ? remove(request) : put(request, event.RequestId),
  );
}

async function put(request: ContentRequest, requestId: string): Promise<void> {
  const { archiveBucket, archiveKey, configuration } = request;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: archiveBucket, Key: archiveKey }));
  if (!Body) throw new Error(`The archive ${archiveKey} is empty`);
  const files = await filesOf(await Body.transformToByteArray());
  const content = async () => Buffer.from(configuration);
  const { uploaded, deleted, stale } = await deploy(
    new Store(s3, request.bucket),
    [...files, { path: CONFIGURATION_FILE, content }],
    {
      hashedFolders: request.hashedFolders,
      keepReplacedDays: Number(request.keepReplacedDays),
      now: new Date(),
    },
  );
  console.log({ message: 'The content is deployed', files: files.length, uploaded, deleted, stale });
  if (stale.length > 0) await invalidate(request.distributionId, stale, requestId);
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
