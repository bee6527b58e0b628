import {
  HeadersFrameOption,
  HeadersReferrerPolicy,
  type IResponseHeadersPolicyRef,
  type ResponseCustomHeader,
  ResponseHeadersPolicy,
  type ResponseHeadersPolicyProps,
} from 'aws-cdk-lib/aws-cloudfront';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { assertValid } from '../../construct/assert-valid.js';
import { definedProps } from '../../construct/defined-props.js';
import type { SiteProps } from '../site-props.js';
import { directivesOf, policyText, validateDirectives } from './content-security-policy.js';
import { comment, globalName } from './global-names.js';
import { warnOfInlineScripts } from './inline-scripts.js';
import type { Source } from './source.js';

/** Browser features that are disabled. */
const DISABLED_FEATURES = [
  'accelerometer',
  'camera',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'payment',
  'usb',
];

const CUSTOM_HEADERS: readonly ResponseCustomHeader[] = [
  { header: 'cross-origin-opener-policy', value: 'same-origin', override: true },
  {
    header: 'permissions-policy',
    value: DISABLED_FEATURES.map((name) => `${name}=()`).join(', '),
    override: true,
  },
];

/** Two years, as the browsers' preload lists require. */
const HSTS_MAX_AGE = Duration.days(730);

/**
 * Returns the policy with the headers of pages and of responses of the APIs: the distribution's own, or a new one.
 *
 * @param connect origins besides the site's that the page may call
 */
export function securityHeaders(
  scope: Construct,
  props: SiteProps,
  source: Source,
  connect: readonly string[],
): IResponseHeadersPolicyRef {
  const { contentSecurityPolicy = {}, headersPolicy, distribution } = props;
  const existing = distribution?.defaultBehavior?.responseHeadersPolicy;
  if (existing) {
    const unused = (['contentSecurityPolicy', 'headersPolicy'] as const).filter((name) => props[name]);
    assertValid(
      scope,
      unused.map(
        (name) =>
          `\`${name}\` must not be set together with \`distribution.defaultBehavior.responseHeadersPolicy\`, which has all headers`,
      ),
    );
    return existing;
  }
  const directives = directivesOf(contentSecurityPolicy, connect);
  assertValid(scope, validateDirectives(directives));
  warnOfInlineScripts(scope, source, directives);
  const { securityHeadersBehavior, customHeadersBehavior, ...others } = definedProps(headersPolicy);
  return new ResponseHeadersPolicy(scope, 'Headers', {
    responseHeadersPolicyName: globalName(scope, 'Headers', 128),
    comment: comment('Security headers of ', scope.node.path),
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: policyText(directives), override: true },
      contentTypeOptions: { override: true },
      ...frameOptions(directives['frame-ancestors']),
      referrerPolicy: {
        referrerPolicy: HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
        override: true,
      },
      // Subdomains may be other services without HTTPS, and browsers would insist on it for two years.
      strictTransportSecurity: { accessControlMaxAge: HSTS_MAX_AGE, override: true },
      ...definedProps(securityHeadersBehavior),
    },
    customHeadersBehavior: { customHeaders: customHeaders(customHeadersBehavior?.customHeaders) },
    ...others,
  });
}

/** Returns the older header for `frame-ancestors`, which cannot name other origins. */
function frameOptions(
  ancestors: readonly string[] = [],
): ResponseHeadersPolicyProps['securityHeadersBehavior'] {
  const options: Readonly<Record<string, HeadersFrameOption>> = {
    "'none'": HeadersFrameOption.DENY,
    "'self'": HeadersFrameOption.SAMEORIGIN,
  };
  const frameOption = options[ancestors.join(' ')];
  return frameOption && { frameOptions: { frameOption, override: true } };
}

/** Returns the default headers with those of the user, which replace the ones of the same name. */
function customHeaders(headers: readonly ResponseCustomHeader[] = []): ResponseCustomHeader[] {
  const names = new Set(headers.map(({ header }) => header.toLowerCase()));
  return [...CUSTOM_HEADERS.filter(({ header }) => !names.has(header)), ...headers];
}
