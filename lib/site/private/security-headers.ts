import { HeadersFrameOption, HeadersReferrerPolicy, ResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { comment, globalName } from './global-names.js';

type Directives = Readonly<Record<string, readonly string[]>>;

/** What a page may use that is built into files of its own: nothing inline, nothing from elsewhere. */
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

/** What a shop or a form does not need; a page that does says so by a policy of its own (`distribution`). */
const PERMISSIONS = [
  'accelerometer',
  'camera',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'payment',
  'usb',
];

/** Two years, as browsers' preload lists want it. */
const HSTS_MAX_AGE = Duration.days(730);

/**
 * The headers by which browsers protect a site's users, for the pages and for the answers of the APIs.
 *
 * @param connect origins besides its own that the page may call
 */
export function securityHeaders(
  scope: Construct,
  own: Directives,
  connect: readonly string[],
): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(scope, 'Headers', {
    responseHeadersPolicyName: globalName(scope, 'Headers', 128),
    comment: comment('Security headers of ', scope.node.path),
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: policyOf(scope, own, connect), override: true },
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
          value: PERMISSIONS.map((name) => `${name}=()`).join(', '),
          override: true,
        },
      ],
    },
  });
}

function policyOf(scope: Construct, own: Directives, connect: readonly string[]): string {
  const wrong = Object.entries(own).flatMap(([name, values]) => validateHeader(name, values));
  if (wrong.length > 0) throw new Error(`${wrong.join('\n')} (at ${scope.node.path})`);
  const all = {
    ...DEFAULT_DIRECTIVES,
    'connect-src': [...DEFAULT_DIRECTIVES['connect-src']!, ...connect],
    ...own,
  };
  return Object.entries(all)
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ');
}

/** A browser ignores a directive that it does not understand, and with it the protection. */
function validateHeader(name: string, values: readonly string[]): string[] {
  const at = `\`contentSecurityPolicy\``;
  if (!/^[a-z-]+$/.test(name)) return [`${at} must have directives like img-src, got "${name}"`];
  return values
    .filter((value) => /[\s;,]/.test(value) || /^(self|none|unsafe-inline|unsafe-eval)$/.test(value))
    .map(
      (value) =>
        `${at} must have single sources like "'self'" (with its quotes) or "https://example.com" for ${name}, got "${value}"`,
    );
}
