import type { IApiKey, Period, SpecRestApiProps, StageOptions } from 'aws-cdk-lib/aws-apigateway';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bindables } from '../bindings/binding.js';
import type { IdempotencyTable } from '../bindings/idempotency-table.js';
import type { Contract } from '../contract/contract.js';
import type { Operations } from '../contract/operation.js';
import type { NodeFunctionOptions } from '../function/node-function-props.js';
import type { IUserDirectory } from '../identity/user-directory.js';
import type { ApiAlarmProps } from './api-alarms.js';
import type { ApiDomainOptions, SharedApiDomain } from './api-domain.js';
import type { Authorizers, AuthorizersCheck } from './authorizer-props.js';
import type { CorsOptions } from './cors-options.js';
import type { DocumentationOptions } from './documentation-options.js';
import type { Routes, RoutesCheck, Throttle } from './routes.js';
import type { WebAclOptions } from './web-acl.js';

/** What callers with an API key may do in a second and in a longer time. */
export interface UsagePlanOptions extends Throttle {
  /** How many requests in a day, a week or a month, each key for itself; more are answered 429. @default - no bound */
  readonly quota?: { readonly limit: number; readonly period: Period };
  /**
   * Who has this plan: a name for each key that is made, or keys that are there. API Gateway makes the values; nobody
   * sees them in a template (`aws apigateway get-api-key --include-value --api-key <id>` shows one).
   */
  readonly keys: readonly (string | IApiKey)[];
}

export interface ApiProps<
  C extends Operations,
  R extends Routes<C>,
  B extends Bindables,
  A extends Authorizers<C>,
> {
  /** What the API promises. */
  readonly contract: Contract<C>;
  /** The module of every operation, as in `{ getOrder: () => import('../lambda/orders/get.js') }`. */
  readonly routes: R & RoutesCheck<C, R, B>;
  /** What the functions need, by the names they gave it. Each is granted only what it declared. @default - nothing */
  readonly bind?: B;
  /** Who signs in. Required when an operation is for users. */
  readonly users?: IUserDirectory;
  /** The functions that authorize, by their names in the contract. Required when an operation names one. */
  readonly authorizers?: A & AuthorizersCheck<C, A, B>;
  /**
   * Plans for callers with an API key, by name. Required when an operation has `apiKey: true`; the limits count there
   * only. A key tells callers apart and is no proof of who they are: it goes with an `auth`.
   * @default - none
   */
  readonly usagePlans?: Readonly<Record<string, UsagePlanOptions>>;
  /**
   * Requests a second that the API takes, on average and in a burst; more are answered 429. A route's own wins.
   * @default 100 a second and 200 in a burst, so that an error or an attack has a bounded bill
   */
  readonly throttle?: Throttle;
  /**
   * Size of the cache for routes with `cache`, in GB. It costs by the hour, used or not: 0.5 GB $14.60 a month, 1.6 GB
   * $27.74, 6.1 GB $146, 13.5 GB $182.50, 28.4 GB $365, 58.2 GB $730, 118 GB $1,387, 237 GB $2,774 (us-east-1,
   * https://aws.amazon.com/api-gateway/pricing/). It is encrypted; only `aws apigateway flush-stage-cache` empties it:
   * what callers say in `Cache-Control` is ignored.
   * @default - no cache
   */
  readonly cacheSize?: '0.5' | '1.6' | '6.1' | '13.5' | '28.4' | '58.2' | '118' | '237';
  /**
   * Which pages of other origins may call the API from a browser. A site behind the same address needs it not.
   * @default - none
   */
  readonly cors?: CorsOptions;
  /**
   * An address of your own, or a part of one that several APIs share (`{ domainName, basePath }`); the one that API
   * Gateway gives it is closed then, unless `restApi` says otherwise.
   * @default - `https://<id>.execute-api.<region>.amazonaws.com/api/`
   */
  readonly domain?: ApiDomainOptions | SharedApiDomain;
  /**
   * The contract for people: an OpenAPI 3.1 document at `/openapi.json` and a page at `/docs`, served by a function of
   * their own that costs nothing at rest.
   * @default false: it tells everyone what there is, so that somebody should decide it, as with `auth: 'public'`
   */
  readonly documentation?: boolean | DocumentationOptions;
  /**
   * AWS WAF before the API: `true` for rules of AWS and 2,000 requests of one address in five minutes, or the ARN of a
   * web ACL of yours. $7 a month and $0.60 for a million requests (https://aws.amazon.com/waf/pricing/).
   * @default - none, as it costs: requests are throttled, validated and authorized
   */
  readonly webAcl?: WebAclOptions;
  /**
   * Whether the gateway refuses invalid bodies before a function runs. It spares invocations, but says no more than
   * "Invalid request body" in the problem, and what it found in the header `X-Validation-Error`.
   * @default false: the function refuses them, naming every error and its place
   */
  readonly validateBodiesAtGateway?: boolean;
  /** Properties of every function of the API. A route's own win; environments are merged. @default - those of NodeFunction */
  readonly functions?: NodeFunctionOptions;
  /**
   * Path of a Systems Manager parameter that a site of another stack finds the API by, as in `/shop/apis/orders`:
   * `Api.fromPublished(this, ordersApi, '/shop/apis/orders')`. Unlike an export, it never keeps this stack from changing.
   * @default - not published
   */
  readonly publishAs?: string;
  /**
   * What keeps the responses of operations that are `idempotent`: `new IdempotencyTable(this, 'Responses', { table })`
   * for a key of your own, or another property of the table's.
   * @default - an IdempotencyTable of the API's own if an operation is `idempotent`, and none otherwise
   */
  readonly idempotencyTable?: IdempotencyTable;
  /** Alarms on failing and on slow requests; `false` for none. @default - both, with their default thresholds */
  readonly alarms?: ApiAlarmProps | false;
  /** How long the logs of requests and of the gateway's own errors are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /**
   * Sets the role with which API Gateway writes logs, one setting of the account and region, where there is none: the
   * role is `trellis-api-gateway-logs`, and stays with the setting for the other APIs when the stack is deleted. `false`
   * leaves the setting alone, for an account in which others govern it; the account must have it then, or API Gateway
   * refuses the stage.
   * @default - true; in an ephemeral app on AWS nothing may stay, so that it is not set and API Gateway writes no logs
   */
  readonly cloudWatchRole?: boolean;
  /** Any property of the stage; it wins over the defaults. */
  readonly stage?: StageOptions;
  /** Any property of the REST API underneath; it wins over the defaults. */
  readonly restApi?: Partial<Omit<SpecRestApiProps, 'apiDefinition' | 'deploy'>>;
}
