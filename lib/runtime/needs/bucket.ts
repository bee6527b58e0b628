import { S3Client } from '@aws-sdk/client-s3';
import { perRegion } from '../per-region.js';
import { bounded, REQUESTS } from '../sdk.js';
import type { Need } from './need.js';

/** An S3 bucket and the SDK's client to call it with. */
export interface BucketClient {
  readonly bucketName: string;
  readonly client: S3Client;
}

const client = /* @__PURE__ */ perRegion((place) => bounded(new S3Client({ ...REQUESTS, ...place })));

/** Returns the bucket's name: a bucket of another region is bound by an ARN with its region. */
const nameOf = (bound: string) => bound.split(':').at(-1) as string;

const need = <Access extends string>(access: Access): Need<'bucket', Access, BucketClient> => ({
  kind: 'bucket',
  access,
  connect: (bound) => ({ bucketName: nameOf(bound), client: client(bound) }),
});

/**
 * Access to the objects of an S3 bucket.
 *
 * - `read`: GetObject, HeadObject, ListObjects; a missing object is then 404 and not 403
 * - `write`: PutObject, multipart uploads and AbortMultipartUpload, DeleteObject
 * - `readWrite`: both
 *
 * @example
 * import { PutObjectCommand } from '@aws-sdk/client-s3';
 * import { bucket, handle } from 'cdk-trellis/runtime';
 *
 * export const handler = handle({ reports: bucket.write }, async (event: { day: string }, { reports }) => {
 *   await reports.client.send(
 *     new PutObjectCommand({ Bucket: reports.bucketName, Key: `${event.day}.json`, Body: '{}' }),
 *   );
 * });
 */
export const bucket = {
  read: /* @__PURE__ */ need('read'),
  write: /* @__PURE__ */ need('write'),
  readWrite: /* @__PURE__ */ need('readWrite'),
};
