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

export function contentBucket(scope: Construct, overrides: BucketProps | undefined): Bucket {
  const bucket = new Bucket(scope, 'Bucket', {
    ...PRIVATE,
    ...(overrides?.encryptionKey && { encryption: BucketEncryption.KMS }),
    // The content can be deployed again: versions would only add cost.
    versioned: false,
    removalPolicy: dataRemovalPolicy(scope),
    ...definedProps(overrides),
  });
  acknowledge(bucket, {
    'AwsSolutions-S1': 'Only the distribution reads it, and the distribution has an access log.',
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
    'AwsSolutions-S1': 'This is the bucket for access logs; logging its own access would be recursive.',
  });
  return bucket;
}
