import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { BehaviorOptions, DistributionProps } from 'aws-cdk-lib/aws-cloudfront';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { BucketProps } from 'aws-cdk-lib/aws-s3';
import type { Duration } from 'aws-cdk-lib/core';
import type { IApi } from '../api/published-api.js';
import type { IUserDirectory } from '../identity/user-directory.js';
import type { AlarmTarget } from '../observability/alarm.js';

export interface SiteAlarmProps extends AlarmTarget {
  /** Share of requests, in percent, that may be answered with a 5xx within five minutes. @default 1 */
  readonly serverErrorPercent?: number;
}

/** A name of your own for the site. */
export interface SiteDomain {
  /** As in `shop.example.com`. */
  readonly name: string;
  /** Its certificate, in us-east-1: CloudFront takes none from elsewhere. */
  readonly certificate: ICertificate;
  /** The zone that gets the records of the name. @default - none: you point the name to `site.distribution` yourself */
  readonly hostedZone?: IHostedZone;
}

/** CDK's properties of a distribution, all of them optional. */
export interface SiteDistributionProps extends Partial<Omit<DistributionProps, 'defaultBehavior'>> {
  readonly defaultBehavior?: Partial<BehaviorOptions>;
}

export interface SiteProps {
  /** The folder with the built site: `index.html` and all that goes with it. */
  readonly source: string;
  /**
   * The APIs that answer under the site's address, below `/api`: an `Api` of this stack, or one that another stack has
   * published (`Api.fromPublished`). @default - none
   */
  readonly apis?: readonly IApi[];
  /** Who signs in: the site's `/config.json` tells the page where, and its security policy lets it. @default - nobody */
  readonly users?: IUserDirectory;
  /** Further values for `/config.json`. Never a secret: everybody can read them. @default - none */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /**
   * Whether the page decides what an address shows: every path without a file extension gets `index.html`. Otherwise
   * `/about` and `/about/` get `about/index.html`.
   * @default true
   */
  readonly singlePage?: boolean;
  /**
   * Directives of the content security policy, each in place of the default one, as in
   * `{ 'img-src': ["'self'", 'https://images.example.com'] }`; an empty list removes it.
   * @default - scripts, styles, images, fonts and requests of the site itself only (and of `users`), no frames
   */
  readonly contentSecurityPolicy?: Readonly<Record<string, readonly string[]>>;
  /** @default - the name that CloudFront gives, d111111abcdef8.cloudfront.net */
  readonly domain?: SiteDomain;
  /**
   * Folders in which the bundler puts files whose names hold a hash of their content. Browsers keep those for a year
   * without asking again; files there whose name has no hash are treated as any other.
   * @default ['assets/']
   */
  readonly hashedFolders?: readonly string[];
  /**
   * How long files with hashed names stay after they were replaced, for pages that are open in browsers. They go with
   * the first deployment after that.
   * @default Duration.days(30)
   */
  readonly keepReplaced?: Duration;
  /** How long access logs are kept. @default Duration.days(90) */
  readonly logRetention?: Duration;
  /**
   * The alarm on failing requests; `false` for none. CloudFront's metrics are in us-east-1 only, and so is the alarm: a
   * stack elsewhere has none, and says so.
   * @default - on, with its default threshold
   */
  readonly alarms?: SiteAlarmProps | false;
  /**
   * Any property of the distribution; it wins over the defaults. Those of `defaultBehavior` win one by one, and
   * `additionalBehaviors` join those of the APIs.
   */
  readonly distribution?: SiteDistributionProps;
  /** Any property of the bucket with the content; it wins over the defaults. */
  readonly bucket?: BucketProps;
}
