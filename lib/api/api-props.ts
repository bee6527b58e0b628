import type { IApiKey, Period, SpecRestApiProps, StageOptions } from 'aws-cdk-lib/aws-apigateway';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bindables } from '../bindings/binding.js';
import type { IdempotencyTable } from '../bindings/idempotency-table.js';
import type { Contract } from '../contract/contract.js';
import type { Operations } from '../contract/operation.js';
import type { NodeFunctionOptions } from '../function/node-function-props.js';
import type { IUserDirectory } from '../identity/user-directory.js';
import type { ApiAlarmProps } from './alarm-props.js';
import type { Authorizers, AuthorizersCheck } from './authorizer-props.js';
import type { CorsOptions } from './cors-options.js';
import type { DocumentationOptions } from './documentation-options.js';
import type { ApiDomainOptions, SharedApiDomain } from './domain-options.js';
import type { Routes, RoutesCheck, Throttle } from './routes.js';
import type { WebAclOptions } from './web-acl-options.js';

/** Limits of callers with an API key, and their keys. */
export interface UsagePlanOptions extends Throttle {
  /** Requests per key in a day, a week or a month; the API responds 429 to more. @default - no limit */
  readonly quota?: { readonly limit: number; readonly period: Period };
  /**
   * Keys of this plan: names of keys to create, or existing keys. API Gateway generates the values, and no template
   * contains them (`aws apigateway get-api-key --include-value --api-key <id>` shows one).
   */
  readonly keys: readonly (string | IApiKey)[];
}

export interface ApiProps<
  C extends Operations,
  R extends Routes<C>,
  B extends Bindables,
  A extends Authorizers<C>,
> {
  /** The contract that the API implements. */
  readonly contract: Contract<C>;
  /** The module of every operation, as in `{ getOrder: () => import('../lambda/orders/get.js') }`. */
  readonly routes: R & RoutesCheck<C, R, B>;
  /** Resources for the needs of the functions, by name. Each function gets only the access it declares. @default - none */
  readonly bind?: B;
  /** The directory of the users who sign in. Required when an operation is for users. */
  readonly users?: IUserDirectory;
  /** Lambda authorizers, by their names in the contract. Required when an operation names one. */
  readonly authorizers?: A & AuthorizersCheck<C, A, B>;
  /**
   * Plans for callers with an API key, by name. Required when an operation has `apiKey: true`; the limits apply to
   * those operations only. A key identifies a caller but does not authenticate one: combine it with an `auth`.
   * @default - none
   */
  readonly usagePlans?: Readonly<Record<string, UsagePlanOptions>>;
  /**
   * Requests per second, on average and in a burst; the API responds 429 to more. A route's `throttle` overrides it.
   * @default 100 per second and 200 in a burst, which bounds the cost of an error or an attack
   */
  readonly throttle?: Throttle;
  /**
   * Size of the cache for routes with `cache`, in GB. It is billed by the hour, used or not: 0.5 GB $14.60 a month,
   * 1.6 GB $27.74, 6.1 GB $146, 13.5 GB $182.50, 28.4 GB $365, 58.2 GB $730, 118 GB $1,387, 237 GB $2,774 (us-east-1,
   * https://aws.amazon.com/api-gateway/pricing/). It is encrypted. Only `aws apigateway flush-stage-cache` empties it:
   * the `Cache-Control` of requests is ignored.
   * @default - no cache
   */
  readonly cacheSize?: '0.5' | '1.6' | '6.1' | '13.5' | '28.4' | '58.2' | '118' | '237';
  /**
   * Origins whose pages may call the API from a browser. A site at the same address does not need it.
   * @default - no other origin
   */
  readonly cors?: CorsOptions;
  /**
   * A custom domain, or a base path of one that several APIs share (`{ domainName, basePath }`). It disables API
   * Gateway's default endpoint, unless `restApi` sets `disableExecuteApiEndpoint: false`.
   * @default - `https://<id>.execute-api.<region>.amazonaws.com/api/`
   */
  readonly domain?: ApiDomainOptions | SharedApiDomain;
  /**
   * Documentation of the contract: an OpenAPI 3.1 document at `/openapi.json` and a page at `/docs`, served by a
   * separate function that costs nothing at rest.
   * @default false: publishing every operation should be a decision, as with `auth: 'public'`
   */
  readonly documentation?: boolean | DocumentationOptions;
  /**
   * AWS WAF in front of the API: `true` for AWS's common rules and a limit of 2,000 requests per IP address in five
   * minutes, or the ARN of an existing web ACL. $7 a month and $0.60 per million requests
   * (https://aws.amazon.com/waf/pricing/).
   * @default - none, because of its cost: requests are throttled, validated and authorized
   */
  readonly webAcl?: WebAclOptions;
  /**
   * Rejects invalid bodies at the gateway, before a function runs. It saves invocations, but the problem contains only
   * "Invalid request body", and the header `X-Validation-Error` the error.
   * @default false: the function rejects them and reports every error with its path
   */
  readonly validateBodiesAtGateway?: boolean;
  /** Options of every function of the API. A route's options override them; environments are merged. @default - those of NodeFunction */
  readonly functions?: NodeFunctionOptions;
  /**
   * Path of a Systems Manager parameter by which a site in another stack finds the API, as in `/shop/apis/orders`:
   * `Api.fromPublished(this, ordersApi, '/shop/apis/orders')`. Unlike an export, it never blocks an update of this stack.
   * @default - not published
   */
  readonly publishAs?: string;
  /**
   * Table with the responses of `idempotent` operations: `new IdempotencyTable(this, 'Responses', { table })` for your
   * own KMS key or other properties of the table.
   * @default - a new IdempotencyTable if an operation is `idempotent`, and none otherwise
   */
  readonly idempotencyTable?: IdempotencyTable;
  /** Alarms on failing and on slow requests; `false` for none. @default - both, with their default thresholds */
  readonly alarms?: ApiAlarmProps | false;
  /** Retention of the access log and of the gateway's execution log. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /**
   * Sets the role with which API Gateway writes logs, one setting of the account and region, if the account has none.
   * The role is `trellis-api-gateway-logs`; it and the setting stay for other APIs when the stack is deleted. `false`
   * does not change the setting, for accounts that manage it centrally: without a role API Gateway rejects the stage.
   * @default - true; false in an ephemeral app on AWS, which must leave nothing behind: API Gateway then writes no logs
   */
  readonly cloudWatchRole?: boolean;
  /** Any property of the stage; overrides the defaults. */
  readonly stage?: StageOptions;
  /** Any property of the REST API; overrides the defaults. */
  readonly restApi?: Partial<Omit<SpecRestApiProps, 'apiDefinition' | 'deploy'>>;
}
