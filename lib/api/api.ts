import type { IApiKey, IDomainName, SpecRestApi, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Bindables } from '../bindings/binding.js';
import type { IdempotencyTable } from '../bindings/idempotency-table.js';
import { apiInfo, type Contract } from '../contract/contract.js';
import type { Operation, Operations } from '../contract/operation.js';
import { withoutParameters } from '../contract/path.js';
import type { AssetFunction } from '../function/asset-function.js';
import type { HandlerFunction } from '../function/handler-function.js';
import { warnOfUnneeded } from '../function/unneeded-bindings.js';
import { CORS_VARIABLE } from '../http/cors.js';
import { applyTarget } from '../target/apply-target.js';
import { targetOf } from '../target/target.js';
import { addApiAlarms } from './api-alarms.js';
import { addDomain, domainUrl } from './api-domain.js';
import type { ApiProps } from './api-props.js';
import type { Authorizers } from './authorizer-props.js';
import { acknowledgeFindings } from './private/acknowledge-findings.js';
import { corsOf, corsVariable } from './private/cors.js';
import { createDocumentation, permitDocumentation } from './private/documentation/documentation.js';
import { idempotencyTableOf } from './private/idempotency.js';
import { type AuthorizerSources, createAuthorizers, permitAuthorizer } from './private/lambda-authorizers.js';
import { addStackCheck, warnOfLimits } from './private/limits.js';
import { createFunctions, permitOperation } from './private/operation-functions.js';
import { planRoutes } from './private/planned-route.js';
import { registerApi } from './private/registry.js';
import { createRestApi, keepExecutionLog, writesLogs } from './private/rest-api.js';
import { createUsagePlans } from './private/usage-plans.js';
import { type CheckedProps, documentationOf, validateApi } from './private/validate-api.js';
import { publishApi, publishedApi } from './published-api.js';
import type { RouteFunctions, Routes } from './routes.js';
import { addWebAcl } from './web-acl.js';

/**
 * A REST API made from a contract: one single-purpose function for each operation, request validation, authorization,
 * throttling, JSON access logs, tracing, errors as problem+json, alarms on 5xx and p99.
 *
 * Costs at rest: two alarms, $0.20 a month. In use $3.50 per million requests (us-east-1,
 * https://aws.amazon.com/api-gateway/pricing/) and the functions' time.
 *
 * @throws Error that names every error: a route that lacks or is no operation's, an operation whose users,
 * authorizer or usage plan lacks
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
  /** An API that another stack has published with `publishAs`. */
  static readonly fromPublished = publishedApi;
  readonly contract: Contract<C>;
  /** The REST API underneath. */
  readonly restApi: SpecRestApi;
  /** The function of each operation that has one. */
  readonly functions: RouteFunctions<R>;
  /** The functions that authorize, by their names in the contract. */
  readonly authorizers: Readonly<Record<keyof A, HandlerFunction>>;
  /** The keys that were made for `usagePlans`, by their names. */
  readonly apiKeys: Readonly<Record<string, IApiKey>>;
  readonly usagePlans: Readonly<Record<string, UsagePlan>>;
  /** The function that serves the documentation, when there is one. */
  readonly documentation: AssetFunction | undefined;
  /** The domain, when there is one. */
  readonly domain: IDomainName | undefined;
  /** The web ACL that was made, when `webAcl` asks for one. */
  readonly webAcl: CfnWebACL | undefined;
  /** What keeps the responses of operations that are `idempotent`; undefined if there are none. */
  readonly idempotencyTable: IdempotencyTable | undefined;
  readonly accessLog: LogGroup;
  readonly alarms: readonly Alarm[];
  /** The address, ending in a slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ApiProps<C, R, B, A>) {
    super(scope, id);
    applyTarget(this);
    const { contract } = props;
    this.contract = contract;
    const info = contract[apiInfo];
    const planned = planRoutes(contract, props.routes);
    const errors = validateApi(props as CheckedProps, planned);
    if (errors.length > 0) throw new Error(`${errors.join('\n')} (at ${this.node.path})`);

    const cors = props.cors && corsOf(props.cors, Object.values<Operation>(contract), props.authorizers);
    const environment = {
      POWERTOOLS_SERVICE_NAME: info.name,
      ...(cors && { [CORS_VARIABLE]: corsVariable(cors) }),
    };
    this.idempotencyTable = idempotencyTableOf(this, planned, props.idempotencyTable);
    const { idempotencyTable } = this;
    const functions = createFunctions(this, planned, { ...props, environment, idempotencyTable });
    const authorizers = createAuthorizers(this, { ...props, environment } as AuthorizerSources);
    const authorizing = mapValues(authorizers, (one) => one.function);
    this.functions = functions as never;
    this.authorizers = authorizing as never;
    warnOfUnneeded(this, props.bind ?? {}, [...Object.values(functions), ...Object.values(authorizing)]);
    this.accessLog = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const options = documentationOf(props as CheckedProps);
    const documentation = options && createDocumentation(this, contract, options);
    this.documentation = documentation?.function;
    const isLogged = writesLogs(this, props);
    this.restApi = createRestApi(this, props, {
      contract: { ...contract, ...documentation?.operations },
      routes: [...planned, ...(documentation?.routes ?? [])],
      functions,
      authorizers,
      ...(isLogged && { accessLog: this.accessLog }),
      ...(cors && { cors }),
    });
    keepExecutionLog(this, this.restApi, props);
    for (const [name, fn] of Object.entries(functions))
      permitOperation(fn, this.invocationArn((contract as Operations)[name]!));
    if (documentation) permitDocumentation(documentation, (operation) => this.invocationArn(operation));
    for (const one of Object.values(authorizing)) permitAuthorizer(one, this.restApi.restApiId);
    const { plans, keys } = createUsagePlans(this, this.restApi, props.usagePlans ?? {});
    this.usagePlans = plans;
    this.apiKeys = keys;
    this.domain = props.domain && addDomain(this, this.restApi, props.domain);
    this.webAcl = props.webAcl && addWebAcl(this, this.restApi, props.webAcl);
    this.alarms =
      props.alarms === false ? [] : addApiAlarms(this, this.restApi, info.name, props.alarms ?? {});
    acknowledgeFindings(this.restApi, { hasWebAcl: props.webAcl !== undefined, isLogged });
    this.url = props.domain ? domainUrl(props.domain) : this.restApi.url;
    this.tellAddress(info.name, props.domain !== undefined);
    const operations = planned.map(({ operation }) => operation);
    warnOfLimits(this, operations, functions, Object.keys(authorizers).length + (props.users ? 1 : 0));
    addStackCheck(this, Object.keys(functions).length);
    if (props.publishAs) publishApi(this, props.publishAs, this);
  }

  /**
   * Lets somebody with AWS credentials call operations whose `auth` is `'iam'`.
   *
   * @throws Error when there is no such operation, or AWS credentials do not count there
   */
  public grantInvoke(grantee: IGrantable, ...operations: readonly (keyof C & string)[]): Grant {
    for (const name of operations) {
      const auth = (this.contract as Operations)[name]?.auth;
      if (auth === 'iam') continue;
      const given = auth ? `one with \`auth: ${JSON.stringify(auth)}\`` : 'none of the contract';
      throw new Error(
        `\`grantInvoke\` is for operations with \`auth: 'iam'\`, got ${name}, ${given} (at ${this.node.path})`,
      );
    }
    const resourceArns = operations.map((name) => this.arnOf(name));
    return Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns });
  }

  /** The ARN of an operation with every parameter. */
  private arnOf(name: string): string {
    const { method, path } = (this.contract as Operations)[name]!;
    const { stageName } = this.restApi.deploymentStage;
    return this.restApi.arnForExecuteApi(method, withoutParameters(path, '*'), stageName);
  }

  /**
   * Where the gateway invokes an operation's function from. For GET it is HEAD, too: one pattern for both spares a
   * permission for each; it would take DELETE of the same path as well, which is never led to this function.
   */
  private invocationArn({ method, path }: Operation): string {
    const { stageName } = this.restApi.deploymentStage;
    return this.restApi.arnForExecuteApi(
      method === 'GET' ? '?E*' : method,
      withoutParameters(path, '*'),
      stageName,
    );
  }

  /** Where tools find the API: on the emulators a domain leads nowhere, and the gateway's own address stays open. */
  private tellAddress(name: string, hasDomain: boolean): void {
    const endpoint = this.restApi.node.findChild('Endpoint') as CfnOutput;
    const domain = hasDomain && new CfnOutput(this, 'Url', { value: this.url });
    registerApi(this, name, domain && targetOf(this) === 'aws' ? domain : endpoint);
  }
}

function mapValues<In, Out>(
  values: Readonly<Record<string, In>>,
  make: (value: In) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, make(value)]));
}
