import {
  AccessLevel,
  AllowedMethods,
  CachePolicy,
  Distribution,
  type Function as EdgeFunction,
  type ErrorResponse,
  FunctionEventType,
  HttpVersion,
  type IResponseHeadersPolicyRef,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Annotations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledge } from '../../construct/acknowledge.js';
import { definedProps } from '../../construct/defined-props.js';
import { SERVED } from '../content/request.js';
import type { SiteProps } from '../site-props.js';
import { apiBehaviours } from './api-behaviours.js';
import { hostNames } from './domain.js';
import { comment, globalName } from './global-names.js';
import type { Source } from './source.js';

interface Parts {
  readonly source: Source;
  readonly bucket: Bucket;
  readonly logBucket: Bucket | undefined;
  readonly viewerRequest: EdgeFunction;
  readonly headers: IResponseHeadersPolicyRef;
}

/** Creates the distribution of a site. */
export function createDistribution(scope: Construct, props: SiteProps, parts: Parts): Distribution {
  const { apis = [], domain, distribution = {} } = props;
  const { bucket, logBucket, viewerRequest, headers } = parts;
  const { defaultBehavior, additionalBehaviors, ...others } = distribution;
  const { functionAssociations = [], ...behavior } = definedProps(defaultBehavior);
  const created = new Distribution(scope, 'Distribution', {
    comment: comment('', scope.node.path),
    defaultBehavior: {
      origin: S3BucketOrigin.withOriginAccessControl(bucket, {
        originPath: `/${SERVED.slice(0, -1)}`,
        originAccessControl: new S3OriginAccessControl(scope, 'OriginAccessControl', {
          originAccessControlName: globalName(scope, 'Content', 64),
        }),
        // S3 responds 404 for a missing file only with the permission to list; otherwise 403.
        originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
      }),
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: headers,
      ...behavior,
      functionAssociations: [
        { function: viewerRequest, eventType: FunctionEventType.VIEWER_REQUEST },
        ...functionAssociations,
      ],
    },
    additionalBehaviors: { ...apiBehaviours(scope, apis, headers), ...additionalBehaviors },
    defaultRootObject: 'index.html',
    httpVersion: HttpVersion.HTTP2_AND_3,
    errorResponses: errorResponses(props, parts.source),
    ...(domain && {
      domainNames: hostNames(domain),
      certificate: domain.certificate,
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    }),
    ...(logBucket && { enableLogging: true, logBucket }),
    ...definedProps(others),
  });
  if (apis.length > 0) warnOfErrorResponses(created, others.errorResponses ?? []);
  acknowledge(created, {
    'AwsSolutions-CFR1': 'A site is public; restrict countries with `distribution: { geoRestriction }`.',
    'AwsSolutions-CFR2':
      'A web ACL costs from $5 a month; the APIs themselves throttle and authorize. Associate one with `distribution: { webAclId }` where it is worth it.',
    ...(!domain && {
      'AwsSolutions-CFR4':
        'CloudFront determines the TLS versions of its own domain name; with `domain` the minimum is TLS 1.2.',
    }),
  });
  Annotations.of(created).acknowledgeWarning(
    '@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
    'Every path at the origin begins with /site: no request can list the bucket.',
  );
  return created;
}

/** Returns the site's own page for missing files, if nothing else than the site's files is served. */
function errorResponses({ apis = [], distribution }: SiteProps, { files }: Source): ErrorResponse[] {
  const isAlone = apis.length === 0 && Object.keys(distribution?.additionalBehaviors ?? {}).length === 0;
  const hasPage = files.some(({ path }) => path === '404.html');
  return isAlone && hasPage
    ? [{ httpStatus: 404, responseHttpStatus: 404, responsePagePath: '/404.html' }]
    : [];
}

/** CloudFront's error responses are of the whole distribution. */
function warnOfErrorResponses(scope: Construct, responses: readonly ErrorResponse[]): void {
  const statuses = responses
    .filter(({ responsePagePath }) => responsePagePath)
    .map(({ httpStatus }) => httpStatus);
  if (statuses.length === 0) return;
  Annotations.of(scope).addWarningV2(
    'cdk-trellis:siteErrorResponses',
    `\`distribution.errorResponses\` also replaces the responses of the site's APIs with status ${statuses.join(', ')} by a page: callers do not get the problem that an API returns. Serve the APIs without this site, or remove the error responses.`,
  );
}
