import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledge } from '../../construct/acknowledge.js';
import { definedProps } from '../../construct/defined-props.js';
import { dataRemovalPolicy } from '../../target/ephemeral.js';

const PRIVATE = {
  encryption: BucketEncryption.S3_MANAGED,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
};

export function contentBucket(scope: Construct, own: BucketProps | undefined): Bucket {
  const bucket = new Bucket(scope, 'Bucket', {
    ...PRIVATE,
    ...(own?.encryptionKey && { encryption: BucketEncryption.KMS }),
    // What is in it can be deployed again: versions would only be kept and paid for.
    versioned: false,
    removalPolicy: dataRemovalPolicy(scope),
    ...definedProps(own),
  });
  acknowledge(bucket, {
    'AwsSolutions-S1': 'Only the distribution reads it, whose access log says who asked for what.',
  });
  return bucket;
}

export function logBucket(scope: Construct, retention: Duration): Bucket {
  const bucket = new Bucket(scope, 'Logs', {
    ...PRIVATE,
    // CloudFront writes logs with an access control list.
    objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
    lifecycleRules: [{ expiration: retention, abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    removalPolicy: dataRemovalPolicy(scope),
  });
  acknowledge(bucket, {
    'AwsSolutions-S1': 'This is where logs land; logging its own access would not end.',
  });
  return bucket;
}
