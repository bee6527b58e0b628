import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { targetOf } from 'cdk-trellis';
import type { Construct } from 'constructs';

/** Creates a private, encrypted bucket for reports, which expire after two years. */
export function reportsBucket(scope: Construct, id: string): Bucket {
  const bucket = new Bucket(scope, id, {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(730) }],
    removalPolicy: targetOf(scope) === 'aws' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'It contains daily sums, written by one function: access logs are not worth a second bucket.',
  });
  return bucket;
}
