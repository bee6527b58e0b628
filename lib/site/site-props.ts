import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { BehaviorOptions, DistributionProps } from 'aws-cdk-lib/aws-cloudfront';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { BucketProps } from 'aws-cdk-lib/aws-s3';
import type { Duration } from 'aws-cdk-lib/core';
import type { IApi } from '../api/published-api.js';
import type { IUserDirectory } from '../identity/user-directory.js';
import type { AlarmTarget } from '../observability/alarm.js';

export interface SiteAlarmProps extends AlarmTarget {
  /** Share of requests, in percent, that may fail with a 5xx within five minutes. @default 1 */
  readonly serverErrorPercent?: number;
}

/** A custom domain of the site. */
export interface SiteDomain {
  /** The host name, as in `shop.example.com`. */
  readonly name: string;
  /** A certificate for the name in us-east-1, the only region that CloudFront supports. */
  readonly certificate: ICertificate;
  /** The zone for the DNS records. @default - no records: point the name to `site.distribution` */
  readonly hostedZone?: IHostedZone;
}

/** CDK's properties of a distribution, all optional. */
export interface SiteDistributionProps extends Partial<Omit<DistributionProps, 'defaultBehavior'>> {
  readonly defaultBehavior?: Partial<BehaviorOptions>;
}

export interface SiteProps {
  /** The folder with the built site: `index.html` and its assets. */
  readonly source: string;
  /**
   * The APIs to serve at the site's URL, below `/api`: an `Api` of this stack, or one that another stack publishes
   * (`Api.fromPublished`).
   * @default - none
   */
  readonly apis?: readonly IApi[];
  /**
   * The directory of the users who sign in. `/config.json` gets its endpoint and client id, and the content security
   * policy allows the endpoint.
   * @default - no sign-in
   */
  readonly users?: IUserDirectory;
  /** Additional values for `/config.json`. They are public: never add a secret. @default - none */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /**
   * Serves `index.html` for every path without a file extension, for pages that route in the browser. With `false`,
   * `/about` and `/about/` get `about/index.html`.
   * @default true
   */
  readonly singlePage?: boolean;
  /**
   * Directives of the content security policy, each of which replaces the default one, as in
   * `{ 'img-src': ["'self'", 'https://images.example.com'] }`; an empty list removes it.
   * @default - scripts, styles, images, fonts and requests of the site itself only (and of `users`), no frames
   */
  readonly contentSecurityPolicy?: Readonly<Record<string, readonly string[]>>;
  /** @default - CloudFront's domain name, like d111111abcdef8.cloudfront.net */
  readonly domain?: SiteDomain;
  /**
   * Folders with files whose names contain a hash of their content. Browsers cache them for a year without
   * revalidation. A file in them without a hash in its name is cached like other files.
   * @default ['assets/']
   */
  readonly hashedFolders?: readonly string[];
  /**
   * Time for which replaced files with hashed names are kept, for pages that are open in browsers. The first deployment
   * after it deletes them.
   * @default Duration.days(30)
   */
  readonly keepReplaced?: Duration;
  /** Retention of access logs. @default Duration.days(90) */
  readonly logRetention?: Duration;
  /**
   * The alarm on failing requests; `false` for none. CloudFront's metrics are in us-east-1 only: in a stack of another
   * region there is a warning instead of the alarm.
   * @default - on, with its default threshold
   */
  readonly alarms?: SiteAlarmProps | false;
  /**
   * Any property of the distribution; overrides the defaults. Properties of `defaultBehavior` override individually,
   * and `additionalBehaviors` are added to those of the APIs.
   */
  readonly distribution?: SiteDistributionProps;
  /** Any property of the bucket with the content; overrides the defaults. */
  readonly bucket?: BucketProps;
}
