import type { IDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CustomResource, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../../bindings/own-policy.js';
import { HandlerFunction } from '../../function/handler-function.js';
import { libraryHandler } from '../../handler/library-entry.js';
import { type ContentRequest, SERVED, STATE_KEY } from '../content/request.js';

type Handler = typeof import('../content/handler.js');

/** Thousands of files take seconds; what takes longer is stuck. */
const TIMEOUT = Duration.minutes(5);

/** CloudFormation waits an hour by default. */
const WAITS = TIMEOUT.plus(Duration.minutes(1));

export interface SiteContentProps {
  readonly source: string;
  readonly bucket: IBucket;
  readonly distribution: IDistribution;
  /** JSON. */
  readonly configuration: string;
  readonly hashedFolders: readonly string[];
  readonly keepReplaced: Duration;
  readonly ephemeral: boolean;
}

/** The files of a site in its bucket: a function that CloudFormation calls when one of them changed. */
export class SiteContent extends Construct {
  readonly function: HandlerFunction;

  constructor(scope: Construct, id: string, props: SiteContentProps) {
    super(scope, id);
    const { bucket, distribution } = props;
    const archive = new Asset(this, 'Archive', { path: props.source });
    this.function = new HandlerFunction<Handler>(this, 'Function', {
      description: 'Puts the files of a site into its bucket',
      handler: libraryHandler<Handler>('site/content/handler'),
      timeout: TIMEOUT,
      // It holds the archive; memory is also CPU, and it runs once for each deployment.
      memorySize: 1024,
      invokedSynchronously: true,
    });
    this.allow(archive, bucket, distribution);
    const request: ContentRequest = {
      archiveBucket: archive.s3BucketName,
      archiveKey: archive.s3ObjectKey,
      bucket: bucket.bucketName,
      distributionId: distribution.distributionId,
      configuration: props.configuration,
      hashedFolders: props.hashedFolders,
      keepReplacedDays: String(props.keepReplaced.toDays()),
      ephemeral: props.ephemeral ? 'true' : 'false',
    };
    const files = new CustomResource(this, 'Files', {
      // CloudFormation refuses another token for a resource that is there, and calls it when the function is complete.
      serviceToken: this.function.unqualified.functionArn,
      resourceType: 'Custom::SiteContent',
      serviceTimeout: WAITS,
      properties: request,
    });
    // Also what the function needs, its policies above all: while the stack is deleted, too.
    files.node.addDependency(this.function.role!, this.function.logGroup);
  }

  private allow(archive: Asset, bucket: IBucket, distribution: IDistribution): void {
    const distributionArn = Stack.of(this).formatArn({
      service: 'cloudfront',
      region: '',
      resource: 'distribution',
      resourceName: distribution.distributionId,
    });
    const files = bucket.arnForObjects(`${SERVED}*`);
    const state = bucket.arnForObjects(STATE_KEY);
    const statements = [
      { actions: ['s3:GetObject'], resources: [`${archive.bucket.bucketArn}/${archive.s3ObjectKey}`, state] },
      { actions: ['s3:ListBucket'], resources: [bucket.bucketArn] },
      { actions: ['s3:PutObject', 's3:DeleteObject'], resources: [files, state] },
      { actions: ['cloudfront:CreateInvalidation'], resources: [distributionArn] },
    ];
    for (const statement of statements) this.function.addToRolePolicy(new PolicyStatement(statement));
    bucket.encryptionKey?.grantEncryptDecrypt(this.function);
    acknowledgeWildcards(this.function.role!, [
      { resource: files, reason: 'The files of the site, whatever they are called, in its own bucket.' },
    ]);
  }
}
