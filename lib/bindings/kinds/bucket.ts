import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { cdkResource, defineKind, type Grant } from '../kind.js';

const READ = ['s3:GetObject'];
const WRITE = ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'];

const objectsOf = (bucket: IBucket) => bucket.arnForObjects('*');
const objects = (actions: readonly string[]): Grant<IBucket> => ({ actions, on: (one) => [objectsOf(one)] });
/** Readers may list the bucket, so that S3 reports a missing object as missing and not as forbidden. */
const list: Grant<IBucket> = { actions: ['s3:ListBucket'] };

/** S3 buckets. */
export const bucket = defineKind('bucket', {
  resource: cdkResource<IBucket>('bucketArn'),
  accesses: {
    read: [objects(READ), list],
    write: [objects(WRITE)],
    readWrite: [objects([...READ, ...WRITE]), list],
  },
  key: ({ encryptionKey }) => encryptionKey,
  binding: (bucket) => ({
    value: bucket.bucketName,
    // A bucket's ARN has no region. This value is for the client of `bucket` only.
    typedValueElsewhere: `arn:aws:s3:${bucket.env.region}::${bucket.bucketName}`,
    wildcard: {
      resource: objectsOf(bucket),
      reason: 'The objects of exactly this bucket, whose keys the application determines.',
    },
  }),
});
