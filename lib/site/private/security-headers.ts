import { HeadersFrameOption, HeadersReferrerPolicy, ResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { assertValid } from '../../construct/assert-valid.js';
import { comment, globalName } from './global-names.js';

type Directives = Readonly<Record<string, readonly string[]>>;

/** Default directives for a page that is built into separate files: nothing inline, no other origins. */
const DEFAULT_DIRECTIVES: Directives = {
  'default-src': ["'self'"],
  'base-uri': ["'none'"],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
};

/** Browser features that are disabled; a page that needs one sets its own policy with `distribution`. */
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

/** Two years, as the browsers' preload lists require. */
const HSTS_MAX_AGE = Duration.days(730);

/**
 * Creates the policy with the security headers of pages and of responses of the APIs.
 *
 * @param directives overrides of the default content security policy, by directive
 * @param connect origins besides the site's that the page may call
 */
export function securityHeaders(
  scope: Construct,
  directives: Directives,
  connect: readonly string[],
): ResponseHeadersPolicy {
  assertValid(
    scope,
    Object.entries(directives).flatMap(([name, values]) => validateDirective(name, values)),
  );
  return new ResponseHeadersPolicy(scope, 'Headers', {
    responseHeadersPolicyName: globalName(scope, 'Headers', 128),
    comment: comment('Security headers of ', scope.node.path),
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: policyOf(directives, connect), override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      referrerPolicy: {
        referrerPolicy: HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
        override: true,
      },
      strictTransportSecurity: { accessControlMaxAge: HSTS_MAX_AGE, includeSubdomains: true, override: true },
    },
    customHeadersBehavior: {
      customHeaders: [
        { header: 'cross-origin-opener-policy', value: 'same-origin', override: true },
        {
          header: 'permissions-policy',
          value: DISABLED_FEATURES.map((name) => `${name}=()`).join(', '),
          override: true,
        },
      ],
    },
  });
}

function policyOf(directives: Directives, connect: readonly string[]): string {
  const all = {
    ...DEFAULT_DIRECTIVES,
    'connect-src': [...DEFAULT_DIRECTIVES['connect-src']!, ...connect],
    ...directives,
  };
  return Object.entries(all)
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ');
}

/** Rejects malformed directives: a browser ignores them, and the protection is lost. */
function validateDirective(name: string, values: readonly string[]): string[] {
  if (!/^[a-z-]+$/.test(name)) {
    return [`\`contentSecurityPolicy\` must have directives like img-src, got "${name}"`];
  }
  return values
    .filter((value) => /[\s;,]/.test(value) || /^(self|none|unsafe-inline|unsafe-eval)$/.test(value))
    .map(
      (value) =>
        `\`contentSecurityPolicy.${name}\` must be sources like "'self'" (with its quotes) or "https://example.com", one per item, got "${value}"`,
    );
}
