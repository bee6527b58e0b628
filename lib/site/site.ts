import type {
  Distribution,
  Function as EdgeFunction,
  IResponseHeadersPolicyRef,
} from 'aws-cdk-lib/aws-cloudfront';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnOutput, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { assertProps } from '../construct/assert-props.js';
import { assertValid } from '../construct/assert-valid.js';
import { validateUsers } from '../identity/validate-users.js';
import { applyTarget } from '../target/apply-target.js';
import { isEphemeral } from '../target/ephemeral.js';
import { contentBucket, logBucket } from './private/buckets.js';
import { configurationOf, usersEndpoint } from './private/configuration.js';
import { SiteContent } from './private/content.js';
import { contentRules } from './private/content-rules.js';
import { createDistribution } from './private/distribution.js';
import { addRecords, validateDomain } from './private/domain.js';
import { registerSite } from './private/registry.js';
import { securityHeaders } from './private/security-headers.js';
import { resolveSource } from './private/source.js';
import { createViewerRequest } from './private/viewer-function.js';
import { addSiteAlarm } from './site-alarm.js';
import type { SiteProps } from './site-props.js';

/**
 * A website and its APIs at one URL: files in a private bucket, served by Amazon CloudFront with HTTP/3, compression
 * and security headers.
 *
 * A deployment uploads changed files, pages last, and invalidates exactly those paths. The page reads its configuration
 * (`users`, `apis` and `configuration`) from `/config.json`.
 *
 * Costs at rest: the stored bytes and one alarm, $0.10 a month. In use nothing up to 1 TB and 10 million requests
 * a month (https://aws.amazon.com/cloudfront/pricing/). It creates no web ACL, which costs from $5 a month; add one with
 * `distribution: { webAclId }`.
 *
 * @throws Error when the folder has no built site, two APIs share a first segment, or a directive is malformed
 * @example
 * import { Api, Site, UserDirectory } from 'cdk-trellis';
 * import { ordersApi } from '../contracts/orders.js';
 *
 * new Site(stack, 'Site', {
 *   source: 'web/dist',
 *   apis: [Api.fromPublished(stack, ordersApi, '/shop/apis/orders')],
 *   users: UserDirectory.fromPublished(stack, 'Users', '/shop/users'),
 * });
 */
export class Site extends Construct {
  /** The bucket with the content. */
  readonly bucket: Bucket;
  readonly distribution: Distribution;
  /** The bucket for access logs; undefined when `distribution` sets another one or disables them. */
  readonly logBucket: Bucket | undefined;
  /** The CloudFront function that runs for each request of a page. */
  readonly viewerRequest: EdgeFunction;
  /** The policy with the headers of pages and of responses of the APIs. */
  readonly headers: IResponseHeadersPolicyRef;
  readonly content: SiteContent;
  readonly alarms: readonly Alarm[];
  /** The URL, without a trailing slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: SiteProps) {
    super(scope, id);
    assertProps(this, 'Site', props, new.target === Site);
    applyTarget(this);
    const { apis = [], users, domain } = props;
    assertValid(this, [...validateDomain(domain), ...validateUsers(users)]);
    const source = resolveSource(this, props.source);
    this.bucket = contentBucket(this, props.bucket);
    this.logBucket = needsLogBucket(props)
      ? logBucket(this, props.logRetention ?? Duration.days(90))
      : undefined;
    this.viewerRequest = createViewerRequest(this, props, source.files);
    const connect = users ? [usersEndpoint(users)] : [];
    this.headers = securityHeaders(this, props, source, connect);
    this.distribution = createDistribution(this, props, { ...this, source });
    this.content = new SiteContent(this, 'Content', {
      source,
      bucket: this.bucket,
      distribution: this.distribution,
      configuration: configurationOf(this, { apis, users, values: props.configuration ?? {} }),
      rules: contentRules(this, props, source.files),
      function: props.contentFunction,
      keepReplaced: props.keepReplaced ?? Duration.days(30),
      ephemeral: isEphemeral(this),
    });
    if (domain) addRecords(this, domain, this.distribution);
    this.alarms = props.alarms === false ? [] : addSiteAlarm(this, this.distribution, props.alarms ?? {});
    this.url = `https://${domain?.name ?? this.distribution.domainName}`;
    registerSite(this, new CfnOutput(this, 'Url', { value: this.url }));
  }
}

function needsLogBucket({ distribution }: SiteProps): boolean {
  return distribution?.logBucket === undefined && distribution?.enableLogging !== false;
}
