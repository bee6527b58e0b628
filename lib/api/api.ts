import {
  AccessLogFormat,
  ApiDefinition,
  EndpointType,
  LogGroupLogDestination,
  MethodLoggingLevel,
  SpecRestApi,
  type SpecRestApiProps,
  type StageOptions,
} from 'aws-cdk-lib/aws-apigateway';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Aws, type CfnOutput, RemovalPolicy, Size, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Bindables, BindCheck } from '../function/binding.js';
import { NodeFunction, type NodeFunctionOptions } from '../function/node-function.js';
import type { IUserDirectory } from '../identity/user-directory.js';
import { acknowledge } from '../observability/acknowledge.js';
import { apiInfo, type Contract, type Operation, type Operations } from '../runtime/contract.js';
import type { Needs } from '../runtime/need.js';
import type { RouteHandler } from '../runtime/route.js';
import { type ApiAlarmProps, addApiAlarms } from './api-alarms.js';
import { GatewayLogging } from './private/gateway-logging.js';
import { openApiBody } from './private/openapi-body.js';
import { registerApi } from './private/registry.js';

const STAGE = 'api';
const LONGEST_WAIT_MILLIS = 29_000;

/** The module of a function that implements the operation. */
export interface RouteModule<O extends Operation> {
  readonly handler: RouteHandler<O, Needs>;
}

/** How an operation is implemented: its module, or the module and properties of its function. */
export type Route<Module> =
  | (() => Promise<Module>)
  | (NodeFunctionOptions & { readonly handler: () => Promise<Module> });

export interface ApiProps<
  C extends Operations,
  Modules extends { readonly [Name in keyof C]: RouteModule<C[Name]> },
  B extends Bindables,
> {
  /** What the API promises. */
  readonly contract: Contract<C>;
  /** The module of every operation, as in `{ getOrder: () => import('../lambda/orders/get.js') }`. */
  readonly routes: {
    readonly [Name in keyof Modules]: Route<Modules[Name]> & BindCheck<Modules[Name], B>;
  } & { readonly [Name in keyof C]: Route<RouteModule<C[Name]>> };
  /** What the functions need, by the names they gave it. Each is granted only what it declared. @default - nothing */
  readonly bind?: B;
  /** Who signs in. Required when an operation is not public. */
  readonly users?: IUserDirectory;
  /**
   * Requests a second that the API takes, on average and in a burst; more are answered 429.
   * @default 100 a second and 200 in a burst, so that a mistake or an attack has a bounded bill
   */
  readonly throttle?: { readonly requestsPerSecond: number; readonly burst: number };
  /**
   * Whether the gateway refuses invalid bodies before a function runs. It spares invocations, but says no more than
   * "Invalid request body" in the problem, and what it found in the header `X-Validation-Error`.
   * @default false: the function refuses them, naming every mistake and its place
   */
  readonly validateBodiesAtGateway?: boolean;
  /** Properties of every function of the API. A route's own win. @default - those of NodeFunction */
  readonly functions?: NodeFunctionOptions;
  /** Alarms on failing and on slow requests; `false` for none. @default - both, with their default thresholds */
  readonly alarms?: ApiAlarmProps | false;
  /** How long access logs are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /**
   * Whether the stack sets the role that API Gateway writes logs with: one setting for the whole account and region.
   * @default true
   */
  readonly cloudWatchRole?: boolean;
  /** Any property of the stage; it wins over the defaults. */
  readonly stage?: StageOptions;
  /** Any property of the REST API underneath; it wins over the defaults. */
  readonly restApi?: Partial<Omit<SpecRestApiProps, 'apiDefinition'>>;
}

/**
 * A REST API made from a contract: one single-purpose function for each operation, request validation, Cognito
 * authorization, throttling, JSON access logs, tracing, errors as problem+json, alarms on 5xx and p99.
 *
 * Costs at rest: two alarms, $0.20 a month. In use $3.50 per million requests (us-east-1,
 * https://aws.amazon.com/api-gateway/pricing/) and the functions' time.
 *
 * @throws Error when an operation is not public and there are no `users`, when a route lacks or is no operation's
 */
export class Api<
  C extends Operations,
  Modules extends { readonly [Name in keyof C]: RouteModule<C[Name]> },
  const B extends Bindables = Bindables,
> extends Construct {
  /** The REST API underneath. */
  readonly restApi: SpecRestApi;
  /** The function of each operation. */
  readonly functions: { readonly [Name in keyof C]: NodeFunction };
  readonly accessLog: LogGroup;
  readonly alarms: readonly Alarm[];
  /** The address, ending in a slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ApiProps<C, Modules, B>) {
    super(scope, id);
    this.refuseMistakes(props);
    const { contract } = props;
    const info = contract[apiInfo];
    this.functions = this.createFunctions(props);
    this.accessLog = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.restApi = new SpecRestApi(this, 'RestApi', {
      apiDefinition: ApiDefinition.fromInline(
        openApiBody({
          contract,
          validateBodies: props.validateBodiesAtGateway ?? false,
          ...(props.users && { userPoolArn: props.users.userPoolArn }),
          invocationUri: (operation) =>
            `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/${this.functions[operation]!.functionArn}/invocations`,
          timeoutMillis: (operation) =>
            Math.min(this.functions[operation]!.timeout?.toMilliseconds() ?? Infinity, LONGEST_WAIT_MILLIS),
        }),
      ),
      restApiName:
        Stack.of(this).stackName === info.name ? info.name : `${Stack.of(this).stackName}-${info.name}`,
      endpointTypes: [EndpointType.REGIONAL],
      minCompressionSize: Size.kibibytes(1),
      cloudWatchRole: false,
      ...props.restApi,
      deployOptions: this.stageOptions(props),
    });
    if (props.cloudWatchRole ?? true)
      this.restApi.deploymentStage.node.addDependency(GatewayLogging.of(this));
    this.permitInvocations(contract);
    this.acknowledgeFindings();
    this.alarms =
      props.alarms === false ? [] : addApiAlarms(this, this.restApi, info.name, STAGE, props.alarms ?? {});
    this.url = this.restApi.url;
    registerApi(this, info.name, this.restApi.node.findChild('Endpoint') as CfnOutput);
  }

  private refuseMistakes(props: ApiProps<C, Modules, B>): void {
    const at = `(at ${this.node.path})`;
    const operations = Object.keys(props.contract);
    const routes = Object.keys(props.routes);
    const mistakes = [
      ...operations.filter((name) => !routes.includes(name)).map((name) => `\`routes\` lacks ${name}`),
      ...routes
        .filter((name) => !operations.includes(name))
        .map(
          (name) => `\`routes\` has ${name}, which the contract does not (it has ${operations.join(', ')})`,
        ),
      ...Object.entries(props.contract)
        .filter(([, operation]) => operation.auth !== 'public' && !props.users)
        .map(([name]) => `${name} is not public: \`users\` must be a user directory, got undefined`),
    ];
    if (mistakes.length > 0) throw new Error(`${mistakes.join('\n')} ${at}`);
  }

  private createFunctions(props: ApiProps<C, Modules, B>): { readonly [Name in keyof C]: NodeFunction } {
    const service = props.contract[apiInfo].name;
    return Object.fromEntries(
      Object.entries(props.contract).map(([name, operation]) => {
        const route = props.routes[name] as Route<RouteModule<Operation>>;
        const { handler, ...own } = typeof route === 'function' ? { handler: route } : route;
        const options: NodeFunctionOptions = { ...props.functions, ...own };
        const created = NodeFunction.unchecked(this, `${name[0]!.toUpperCase()}${name.slice(1)}`, {
          description: `${operation.method} ${operation.path}`,
          ...options,
          environment: {
            POWERTOOLS_SERVICE_NAME: service,
            ...(operation.auth !== 'public' && { API_CLIENT_IDS: props.users!.clientIds.join(',') }),
            ...options.environment,
          },
          handler,
          bind: props.bind ?? {},
          invokedSynchronously: true,
        });
        this.refuseOtherOperation(name, created);
        return [name, created];
      }),
    ) as never;
  }

  /** What the compiler tells users of TypeScript. */
  private refuseOtherOperation(name: string, { operation, entry }: NodeFunction): void {
    if (operation === name) return;
    const given = operation
      ? `one that implements ${operation}`
      : 'one whose handler is not made with `route`';
    throw new Error(
      `\`routes.${name}\` must be a module that implements ${name}, got ${given}: ${entry} (at ${this.node.path})`,
    );
  }

  private stageOptions(props: ApiProps<C, Modules, B>): StageOptions {
    const { requestsPerSecond = 100, burst = 200 } = props.throttle ?? {};
    return {
      stageName: STAGE,
      tracingEnabled: true,
      metricsEnabled: true,
      loggingLevel: MethodLoggingLevel.ERROR,
      dataTraceEnabled: false,
      throttlingRateLimit: requestsPerSecond,
      throttlingBurstLimit: burst,
      accessLogDestination: new LogGroupLogDestination(this.accessLog),
      accessLogFormat: AccessLogFormat.custom(ACCESS_LOG_FORMAT),
      ...props.stage,
      ...props.restApi?.deployOptions,
    };
  }

  private permitInvocations(contract: Contract<C>): void {
    for (const [name, { method, path }] of Object.entries(contract)) {
      this.functions[name]!.addPermission('Api', {
        principal: new ServicePrincipal('apigateway.amazonaws.com'),
        sourceArn: this.restApi.arnForExecuteApi(method, path.replace(/\{[^}]*\}/g, '*'), STAGE),
      });
    }
  }

  private acknowledgeFindings(): void {
    acknowledge(this.restApi, {
      'AwsSolutions-APIG2':
        'Requests are validated: the validators stand in the OpenAPI body, where this rule does not look.',
    });
    acknowledge(this.restApi.deploymentStage, {
      'AwsSolutions-APIG3':
        'A web ACL costs $5 a month and more; requests are throttled, validated and authorized. Associate one where it is worth it.',
    });
  }
}

/** Identity and error are there to answer "who got which refusal, and why". */
const ACCESS_LOG_FORMAT = JSON.stringify({
  requestId: '$context.requestId',
  extendedRequestId: '$context.extendedRequestId',
  traceId: '$context.xrayTraceId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  path: '$context.path',
  resourcePath: '$context.resourcePath',
  status: '$context.status',
  responseLatency: '$context.responseLatency',
  responseLength: '$context.responseLength',
  integrationStatus: '$context.integration.status',
  integrationLatency: '$context.integration.latency',
  integrationError: '$context.integration.error',
  error: '$context.error.message',
  validationError: '$context.error.validationErrorString',
  user: '$context.authorizer.claims.sub',
  ip: '$context.identity.sourceIp',
  userAgent: '$context.identity.userAgent',
});
