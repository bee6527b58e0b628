import type { IApiKey, IDomainName, SpecRestApi, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Bindables } from '../bindings/binding.js';
import type { IdempotencyTable } from '../bindings/idempotency-table.js';
import { assertProps } from '../construct/assert-props.js';
import { assertValid } from '../construct/assert-valid.js';
import type { Contract } from '../contract/contract.js';
import type { Operation, Operations } from '../contract/operation.js';
import { replaceParameters } from '../contract/path.js';
import type { AssetFunction } from '../function/asset-function.js';
import type { HandlerFunction } from '../function/handler-function.js';
import { warnOfUnneeded } from '../function/unneeded-bindings.js';
import { applyTarget } from '../target/apply-target.js';
import { targetOf } from '../target/target.js';
import type { ApiProps } from './api-props.js';
import type { Authorizers } from './authorizer-props.js';
import { acknowledgeFindings } from './private/acknowledge-findings.js';
import { addApiAlarms } from './private/alarms.js';
import { createDocumentation, permitDocumentation } from './private/documentation/documentation.js';
import { addDomain, domainUrl } from './private/domain.js';
import { type AuthorizerSources, createAuthorizers, permitAuthorizer } from './private/lambda-authorizers.js';
import { addStackCheck, warnOfLimits } from './private/limits.js';
import { normalizeApi } from './private/normalize-api.js';
import { createFunctions, permitOperation } from './private/operation-functions.js';
import { registerApi } from './private/registry.js';
import { idempotencyTableOf } from './private/response-table.js';
import { createRestApi, keepExecutionLog, writesLogs } from './private/rest-api.js';
import { createUsagePlans } from './private/usage-plans.js';
import { type CheckedProps, validateApi } from './private/validate-api.js';
import { addWebAcl } from './private/web-acl.js';
import { publishApi, publishedApi } from './published-api.js';
import type { RouteFunctions, Routes } from './routes.js';

/**
 * A REST API created from a contract: one single-purpose function per operation, request validation, authorization,
 * throttling, JSON access logs, tracing, errors as problem+json, alarms on 5xx and p99.
 *
 * Costs at rest: two alarms, $0.20 a month. In use $3.50 per million requests (us-east-1,
 * https://aws.amazon.com/api-gateway/pricing/) and the functions' time.
 *
 * @throws Error with every error: a missing or unknown route, an operation without its users, authorizer or usage plan
 * @example
 * import { Api, DataTable, UserDirectory } from 'cdk-trellis';
 * import { ordersApi } from '../contracts/orders.js';
 *
 * new Api(stack, 'Api', {
 *   contract: ordersApi,
 *   users: new UserDirectory(stack, 'Users'),
 *   bind: { orders: new DataTable(stack, 'Orders', { partitionKey: 'orderId' }) },
 *   routes: { getOrder: () => import('../lambda/get-order.js') },
 * });
 */
export class Api<
  C extends Operations,
  const R extends Routes<C>,
  const B extends Bindables = Bindables,
  const A extends Authorizers<C> = Authorizers<C>,
> extends Construct {
  /** Imports an API that another stack publishes with `publishAs`. */
  static readonly fromPublished = publishedApi;
  readonly contract: Contract<C>;
  /** The REST API. */
  readonly restApi: SpecRestApi;
  /** The functions of the operations, by operation; an operation with an integration has no function. */
  readonly functions: RouteFunctions<R>;
  /** The functions of the Lambda authorizers, by their names in the contract. */
  readonly authorizers: Readonly<Record<keyof A, HandlerFunction>>;
  /** The API keys created for `usagePlans`, by name. */
  readonly apiKeys: Readonly<Record<string, IApiKey>>;
  readonly usagePlans: Readonly<Record<string, UsagePlan>>;
  /** The function that serves the documentation; undefined without `documentation`. */
  readonly documentation: AssetFunction | undefined;
  /** The custom domain; undefined without `domain`. */
  readonly domain: IDomainName | undefined;
  /** The web ACL; undefined without `webAcl`, or when it has an `arn`. */
  readonly webAcl: CfnWebACL | undefined;
  /** The table with the responses of `idempotent` operations; undefined without such operations. */
  readonly idempotencyTable: IdempotencyTable | undefined;
  readonly accessLog: LogGroup;
  readonly alarms: readonly Alarm[];
  /** The URL, with a trailing slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ApiProps<C, R, B, A>) {
    super(scope, id);
    assertProps(this, 'Api', props, new.target === Api);
    applyTarget(this);
    const { contract } = props;
    this.contract = contract;
    const untyped = props as unknown as CheckedProps & { readonly contract: Contract };
    const { name, routes, cors, documentation: options, environment } = normalizeApi(untyped);
    assertValid(this, validateApi(untyped, routes));

    this.idempotencyTable = idempotencyTableOf(this, routes, props.idempotencyTable);
    const { idempotencyTable } = this;
    const functions = createFunctions(this, routes, { ...props, environment, idempotencyTable });
    const authorizers = createAuthorizers(this, { ...props, environment } as AuthorizerSources);
    const authorizing = mapValues(authorizers, (authorizer) => authorizer.function);
    this.functions = functions as never;
    this.authorizers = authorizing as never;
    warnOfUnneeded(this, props.bind ?? {}, [...Object.values(functions), ...Object.values(authorizing)]);
    this.accessLog = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const documentation = options && createDocumentation(this, contract, options);
    this.documentation = documentation?.function;
    const isLogged = writesLogs(this, props);
    this.restApi = createRestApi(this, props, {
      contract: { ...contract, ...documentation?.operations },
      routes: [...routes, ...(documentation?.routes ?? [])],
      functions,
      authorizers,
      ...(isLogged && { accessLog: this.accessLog }),
      ...(cors && { cors }),
    });
    keepExecutionLog(this, this.restApi, props);
    for (const [operation, fn] of Object.entries(functions))
      permitOperation(fn, this.invocationArn((contract as Operations)[operation]!));
    if (documentation) permitDocumentation(documentation, (operation) => this.invocationArn(operation));
    for (const authorizer of Object.values(authorizing)) permitAuthorizer(authorizer, this.restApi.restApiId);
    const { plans, keys } = createUsagePlans(this, this.restApi, props.usagePlans ?? {});
    this.usagePlans = plans;
    this.apiKeys = keys;
    this.domain = props.domain && addDomain(this, this.restApi, props.domain);
    this.webAcl = props.webAcl && addWebAcl(this, this.restApi, props.webAcl);
    this.alarms = props.alarms === false ? [] : addApiAlarms(this, this.restApi, name, props.alarms ?? {});
    acknowledgeFindings(this.restApi, { hasWebAcl: props.webAcl !== undefined, isLogged });
    this.url = props.domain ? domainUrl(props.domain) : this.restApi.url;
    this.registerUrl(name, props.domain !== undefined);
    warnOfLimits(this, functions, Object.keys(authorizers).length + (props.users ? 1 : 0));
    addStackCheck(this, Object.keys(functions).length);
    if (props.publishAs) publishApi(this, props.publishAs, this);
  }

  /**
   * Grants an IAM principal the right to call operations with `auth: 'iam'`.
   *
   * @throws Error when the contract has no such operation, or its `auth` is not `'iam'`
   */
  public grantInvoke(grantee: IGrantable, ...operations: readonly (keyof C & string)[]): Grant {
    for (const name of operations) {
      const auth = (this.contract as Operations)[name]?.auth;
      if (auth === 'iam') continue;
      const actual = auth ? `has \`auth: ${JSON.stringify(auth)}\`` : 'is not in the contract';
      throw new Error(
        `\`grantInvoke\` requires operations with \`auth: 'iam'\`, got ${name}, which ${actual} (at ${this.node.path})`,
      );
    }
    const resourceArns = operations.map((name) => this.arnOf(name));
    return Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns });
  }

  /** Returns the ARN of an operation for every value of its path parameters. */
  private arnOf(name: string): string {
    const { method, path } = (this.contract as Operations)[name]!;
    const { stageName } = this.restApi.deploymentStage;
    return this.restApi.arnForExecuteApi(method, replaceParameters(path, '*'), stageName);
  }

  /**
   * Returns the ARN from which the gateway invokes an operation's function. The pattern `?E*` matches GET and HEAD, so
   * that one permission suffices; it also matches DELETE, which the gateway never routes to this function.
   */
  private invocationArn({ method, path }: Operation): string {
    const { stageName } = this.restApi.deploymentStage;
    return this.restApi.arnForExecuteApi(
      method === 'GET' ? '?E*' : method,
      replaceParameters(path, '*'),
      stageName,
    );
  }

  /** Registers the URL for tools. Emulators resolve no custom domain: there it is the default endpoint. */
  private registerUrl(name: string, hasDomain: boolean): void {
    const endpoint = this.restApi.node.findChild('Endpoint') as CfnOutput;
    const domain = hasDomain && new CfnOutput(this, 'Url', { value: this.url });
    registerApi(this, name, domain && targetOf(this) === 'aws' ? domain : endpoint);
  }
}

function mapValues<In, Out>(
  values: Readonly<Record<string, In>>,
  transform: (value: In) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, transform(value)]));
}
