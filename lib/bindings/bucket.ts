import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { allow, allowKey, type Bindable, bindable } from './bindable.js';

const READ = ['GetObject'];
const WRITE = ['PutObject', 'DeleteObject', 'AbortMultipartUpload'];

/** Binds an S3 bucket. Readers may list it, so that S3 reports a missing object as missing and not as forbidden. */
export function bucketBinding(bucket: IBucket): Bindable<'bucket'> {
  const accesses = { read: READ, write: WRITE, readWrite: [...READ, ...WRITE] };
  return bindable('bucket', accesses, (access) => {
    const objects = bucket.arnForObjects('*');
    return {
      value: bucket.bucketName,
      resource: bucket,
      // A bucket's ARN has no region. This value is for the client of `bucket` only.
      typedValueElsewhere: `arn:aws:s3:${bucket.env.region}::${bucket.bucketName}`,
      statements: [
        allow('s3', accesses[access], [objects]),
        ...(access !== 'write' ? [allow('s3', ['ListBucket'], [bucket.bucketArn])] : []),
        ...allowKey(bucket.encryptionKey, access !== 'read'),
      ],
      wildcard: {
        resource: objects,
        reason: 'The objects of exactly this bucket, whose keys the application determines.',
      },
    };
  });
}
