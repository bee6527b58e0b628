import type { IDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CustomResource, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../../bindings/function-policy.js';
import { definedProps } from '../../construct/defined-props.js';
import type { BaseFunctionOptions } from '../../function/base-function-options.js';
import { HandlerFunction } from '../../function/handler-function.js';
import { libraryHandler } from '../../handler/library-entry.js';
import { type ContentRequest, type ContentRules, SERVED, STATE_KEY } from '../content/request.js';
import { contentSizes } from './content-sizes.js';
import type { Source } from './source.js';

type Handler = typeof import('../content/handler.js');

/** The function's timeout, the maximum of Lambda: most sites take seconds, and it runs once per deployment. */
const TIMEOUT = Duration.minutes(15);

export interface SiteContentProps {
  readonly source: Source;
  readonly bucket: IBucket;
  readonly distribution: IDistribution;
  /** JSON. */
  readonly configuration: string;
  readonly rules: ContentRules;
  readonly function: BaseFunctionOptions | undefined;
  readonly keepReplaced: Duration;
  readonly ephemeral: boolean;
}

/** The files of a site in its bucket, deployed by a custom resource when one of them changes. */
export class SiteContent extends Construct {
  readonly function: HandlerFunction;

  constructor(scope: Construct, id: string, props: SiteContentProps) {
    super(scope, id);
    const { bucket, distribution } = props;
    const options = definedProps(props.function);
    const archive = new Asset(this, 'Archive', { path: props.source.folder });
    this.function = new HandlerFunction<Handler>(this, 'Function', {
      description: 'Deploys the files of a site to its bucket',
      handler: libraryHandler<Handler>('site/content/handler'),
      timeout: TIMEOUT,
      ...contentSizes(props.source.files),
      invokedSynchronously: true,
      ...options,
    });
    this.allow(archive, bucket, distribution);
    const request: ContentRequest = {
      archiveBucket: archive.s3BucketName,
      archiveKey: archive.s3ObjectKey,
      bucket: bucket.bucketName,
      distributionId: distribution.distributionId,
      configuration: props.configuration,
      rules: JSON.stringify(props.rules),
      keepReplacedDays: String(props.keepReplaced.toDays()),
      ephemeral: props.ephemeral ? 'true' : 'false',
    };
    const files = new CustomResource(this, 'Files', {
      // CloudFormation rejects a changed token of an existing resource; the ARN without a version never changes.
      serviceToken: this.function.unqualified.functionArn,
      resourceType: 'Custom::SiteContent',
      // CloudFormation's default is an hour.
      serviceTimeout: (options.timeout ?? TIMEOUT).plus(Duration.minutes(1)),
      properties: request,
    });
    // The function needs its policies and log group until it has handled the deletion of the stack.
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
      { resource: files, reason: "All files of the site, in the site's own bucket." },
    ]);
  }
}
