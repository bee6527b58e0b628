import * as s3 from '@aws-sdk/client-s3';
import { type BucketClient, bucket, handle } from 'cdk-trellis/runtime';
import type { FixtureStack } from '../fixtures.js';
import { type Probes, probing } from '../probing.js';

export const probes = ({ bucketName: Bucket, client }: BucketClient): Probes => {
  const object = { Bucket, Key: 'a' };
  return {
    's3:PutObject': () => client.send(new s3.PutObjectCommand({ ...object, Body: 'x' })),
    's3:PutObject multipart': () => client.send(new s3.CreateMultipartUploadCommand(object)),
    's3:GetObject': () => client.send(new s3.GetObjectCommand(object)),
    's3:GetObject head': () => client.send(new s3.HeadObjectCommand(object)),
    's3:ListBucket': () => client.send(new s3.ListObjectsV2Command({ Bucket })),
    's3:AbortMultipartUpload': () =>
      client.send(new s3.AbortMultipartUploadCommand({ ...object, UploadId: 'none' })),
    's3:DeleteObject': () => client.send(new s3.DeleteObjectCommand(object)),
  };
};

export const read = handle({ it: bucket.read }, probing(probes));
export const write = handle({ it: bucket.write }, probing(probes));
export const readWrite = handle({ it: bucket.readWrite }, probing(probes));

export const resource = ({ cdk, stack, key }: FixtureStack) =>
  new cdk.aws_s3.Bucket(stack, 'Files', {
    removalPolicy: cdk.RemovalPolicy.DESTROY,
    encryptionKey: key,
  });

export const imported = ({ cdk, stack }: FixtureStack) =>
  cdk.aws_s3.Bucket.fromBucketAttributes(stack, 'Imported', { bucketName: 'files', region: 'us-east-1' });
