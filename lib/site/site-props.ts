import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type {
  BehaviorOptions,
  DistributionProps,
  FunctionProps,
  ResponseHeadersPolicyProps,
} from 'aws-cdk-lib/aws-cloudfront';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { BucketProps } from 'aws-cdk-lib/aws-s3';
import type { Duration } from 'aws-cdk-lib/core';
import type { IApi } from '../api/published-api.js';
import type { BaseFunctionOptions } from '../function/base-function-options.js';
import type { IUserDirectory } from '../identity/user-directory.js';
import type { AlarmTarget } from '../observability/alarm.js';
import type { SiteFileHeaders } from './content/request.js';

export type { SiteFileHeaders } from './content/request.js';

export interface SiteAlarmProps extends AlarmTarget {
  /** Share of requests, in percent, that may fail with a 5xx within five minutes. @default 1 */
  readonly serverErrorPercent?: number;
}

/**
 * Directives of a content security policy. A list replaces the default; a function returns the new list from the default,
 * as in `(sources) => [...sources, 'https://api.stripe.com']`; `true` is a directive without a value, and an empty list
 * or `false` removes it.
 */
export type ContentSecurityPolicy = Readonly<
  Record<string, readonly string[] | boolean | ((sources: readonly string[]) => readonly string[])>
>;

/** A custom domain of the site. */
export interface SiteDomain {
  /** The host name, as in `shop.example.com`. */
  readonly name: string;
  /** Other host names, as in `www.example.com`, whose pages redirect to `name`. @default - none */
  readonly aliases?: readonly string[];
  /** A certificate for all names in us-east-1, the only region that CloudFront supports. */
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
   * Serves `index.html` for every path without a file or page of the site, for pages that route in the browser. With
   * `false`, such a path is not found. In both cases `/about` is `about.html`, and `/about/` is `about/index.html`, with
   * a redirect from the one to the other.
   * @default true
   */
  readonly singlePage?: boolean;
  /**
   * Any property of the CloudFront function that finds the file for each path. Its `code` is your own function, which
   * handles each request first: a response that it returns is sent, a request is routed to a file.
   * @default - no code before the routing
   */
  readonly viewerRequest?: Partial<FunctionProps>;
  /**
   * Changes of the content security policy by directive, as in
   * `{ 'img-src': (sources) => [...sources, 'https://images.example.com'] }`.
   * @default - scripts, styles, images, fonts and requests of the site itself only (and of `users`), no frames
   */
  readonly contentSecurityPolicy?: ContentSecurityPolicy;
  /**
   * Any property of the response headers policy; overrides the defaults. Security headers override individually, and
   * custom headers those of the same name.
   * @default - HSTS for two years, no sniffing, referrers of the origin only, `same-origin` openers, no camera,
   * location and similar features
   */
  readonly headersPolicy?: ResponseHeadersPolicyProps;
  /** @default - CloudFront's domain name, like d111111abcdef8.cloudfront.net */
  readonly domain?: SiteDomain;
  /**
   * Folders in which every file except pages has a name with a hash of its content, as in `['assets/']`. Browsers cache
   * these files for a year without revalidation. `[]` for no such files.
   * @default - files that certainly change their names: in `_next/static/`, `_nuxt/`, `_app/immutable/` and `_astro/`,
   * and those with a hash in their names that cannot be a word, a date or a version
   */
  readonly hashedFolders?: readonly string[];
  /**
   * HTTP headers of files by pattern, as in `{ '*.br': { contentEncoding: 'br' }, 'downloads/**': { cacheControl: 'no-store' } }`.
   * `*` matches within a folder, `**` across folders; a pattern without a slash matches names in every folder. Later
   * patterns override earlier ones.
   * @default - types by extension; a year for hashed files, revalidation for pages, five minutes for others
   */
  readonly fileHeaders?: Readonly<Record<string, SiteFileHeaders>>;
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
   * `additionalBehaviors` are added to those of the APIs, and a `responseHeadersPolicy` is also that of the APIs.
   */
  readonly distribution?: SiteDistributionProps;
  /**
   * Any property of the function that uploads the content; overrides the defaults.
   * @default - memory and storage by the size of the site, a timeout of 15 minutes
   */
  readonly contentFunction?: BaseFunctionOptions;
  /** Any property of the bucket with the content; overrides the defaults. */
  readonly bucket?: BucketProps;
}
