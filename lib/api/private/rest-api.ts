import {
  ApiDefinition,
  type CfnStage,
  EndpointType,
  RestApiMode,
  SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Lazy, RemovalPolicy, Size, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { resourceOf } from '../../bindings/function-policy.js';
import { definedProps } from '../../construct/defined-props.js';
import { apiInfo, type Contract } from '../../contract/contract.js';
import type { HandlerFunction } from '../../function/handler-function.js';
import { isEphemeral } from '../../target/ephemeral.js';
import { targetOf } from '../../target/target.js';
import type { ApiProps } from '../api-props.js';
import type { RenderedIntegration } from '../integrations/integration.js';
import { cacheKeys, headersAmong, parameterOf } from './caching.js';
import type { Cors } from './cors.js';
import { GatewayLogging } from './gateway-logging.js';
import { type CreatedAuthorizer, invocationUri } from './lambda-authorizers.js';
import { functionIntegration, openApiBody } from './openapi-body.js';
import type { PlannedRoute } from './planned-route.js';
import { replacingProperties } from './replaced-resources.js';
import { stageOptions } from './stage.js';

/** Properties of an API, without its compile-time types. */
// biome-ignore lint/suspicious/noExplicitAny: routes, bindings and authorizers are planned already.
export type RestApiProps = Omit<ApiProps<any, any, any, any>, 'contract' | 'routes'>;

const MIN_COMPRESSION = Size.kibibytes(1);

/** The parts of the REST API. */
export interface RestApiParts {
  readonly contract: Contract;
  readonly routes: readonly PlannedRoute[];
  readonly functions: Readonly<Record<string, HandlerFunction>>;
  readonly authorizers: Readonly<Record<string, CreatedAuthorizer>>;
  readonly cors?: Cors;
  /** @default - no access log */
  readonly accessLog?: ILogGroup;
}

/** Creates the REST API with its one stage, from the contract as an OpenAPI body. */
export function createRestApi(scope: Construct, props: RestApiProps, parts: RestApiParts): SpecRestApi {
  const { contract, routes, authorizers, cors, accessLog } = parts;
  const restApiName = props.restApi?.restApiName ?? `${Stack.of(scope).stackName}-${contract[apiInfo].name}`;
  const integrations = Object.fromEntries(
    routes.map((route) => [route.name, integrationOf(scope, route, parts)]),
  );
  // Emulators resolve no custom domain.
  const isReal = targetOf(scope) === 'aws';
  const hasEndpoint = !(props.restApi?.disableExecuteApiEndpoint ?? (isReal && props.domain !== undefined));
  const body = openApiBody({
    contract,
    title: restApiName,
    hasEndpoint,
    minCompressionBytes: (props.restApi?.minCompressionSize ?? MIN_COMPRESSION).toBytes(),
    ...(cors && { cors }),
    ...(props.users && { userPoolArn: props.users.userPoolArn }),
    authorizers: Object.fromEntries(Object.entries(authorizers).map(([name, { scheme }]) => [name, scheme])),
    integrationOf: (name) => integrations[name]!.definition,
    responsesOf: (name) => integrations[name]!.responses,
    headersOf: (name) => headersAmong(cacheKeys(routes.find((route) => route.name === name)!, cors)),
    validatesBody: (name) => integrations[name]!.validatesBody || (props.validateBodiesAtGateway ?? false),
  });
  const restApi = new SpecRestApi(scope, 'RestApi', {
    apiDefinition: ApiDefinition.fromInline(body),
    // MERGE would keep removed binary media types and endpoints of the previous definition.
    mode: RestApiMode.OVERWRITE,
    endpointTypes: [EndpointType.REGIONAL],
    minCompressionSize: MIN_COMPRESSION,
    cloudWatchRole: false,
    ...(!hasEndpoint && { disableExecuteApiEndpoint: true }),
    ...definedProps(props.restApi),
    restApiName,
    deployOptions: stageOptions({
      ...(accessLog && { accessLog }),
      routes,
      overrides: [props.stage, props.restApi?.deployOptions],
      ...(props.throttle && { throttle: props.throttle }),
      ...(props.cacheSize && { cacheSize: props.cacheSize }),
    }),
  });
  deployReplacedFunctions(restApi, parts);
  deployReplacedServices(
    restApi,
    routes.filter(({ integration }) => integration).map(({ name }) => integrations[name]!.definition),
  );
  return restApi;
}

/**
 * A deployment holds the ARNs of functions as they were. Another `functionName` replaces a function, but not its logical
 * id, by which CDK decides whether the API is deployed again: the stage would go on invoking the deleted function.
 */
function deployReplacedFunctions(restApi: SpecRestApi, { functions, authorizers }: RestApiParts): void {
  const invoked = [...Object.values(functions), ...Object.values(authorizers).map((one) => one.function)];
  // CDK's name of a function without one is a token.
  const names = invoked
    .flatMap((fn) => resourceOf(fn).functionName ?? [])
    .filter((name) => !Token.isUnresolved(name));
  if (names.length > 0) restApi.latestDeployment?.addToLogicalId({ functionNames: names });
}

/**
 * A deployment also holds the names and ARNs of tables, queues, buses, state machines and roles as they were. A change
 * that replaces one, of a key for example, leaves its logical id.
 */
function deployReplacedServices(restApi: SpecRestApi, definitions: readonly object[]): void {
  if (definitions.length === 0) return;
  const stack = Stack.of(restApi);
  restApi.latestDeployment?.addToLogicalId(
    Lazy.any({ produce: () => replacingProperties(stack, definitions) }),
  );
}

function integrationOf(
  scope: Construct,
  route: PlannedRoute,
  { functions, cors }: RestApiParts,
): RenderedIntegration {
  const { name, operation, integration } = route;
  const rendered = integration
    ? integration.render({ scope, name, operation, ...(cors && { cors }) })
    : {
        definition: functionIntegration(invocationUri(functions[name]!)),
        responses: {},
        validatesBody: false,
      };
  const keys = cacheKeys(route, cors).map(parameterOf);
  return {
    ...rendered,
    definition: { ...rendered.definition, ...(keys.length > 0 && { cacheKeyParameters: keys }) },
  };
}

/**
 * Returns true if API Gateway writes logs. It needs a role of the whole account, which the stack retains for others; an
 * ephemeral app on AWS must leave nothing behind.
 */
export function writesLogs(scope: Construct, { cloudWatchRole }: RestApiProps): boolean {
  return cloudWatchRole !== undefined || !isEphemeral(scope) || targetOf(scope) !== 'aws';
}

/**
 * Creates the execution log with the same retention as the access log. API Gateway would otherwise create this log
 * group by its name and never expire it.
 */
export function keepExecutionLog(scope: Construct, api: SpecRestApi, props: RestApiProps): void {
  if (!writesLogs(scope, props)) return;
  const { restApiId, deploymentStage } = api;
  const stageName = (deploymentStage.node.defaultChild as CfnStage).stageName;
  const executionLog = new LogGroup(scope, 'ExecutionLog', {
    logGroupName: `API-Gateway-Execution-Logs_${restApiId}/${stageName}`,
    retention: props.logRetention ?? RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  deploymentStage.node.addDependency(executionLog);
  // The emulators write logs without it.
  const isNeeded = (props.cloudWatchRole ?? true) && targetOf(scope) === 'aws';
  if (isNeeded) deploymentStage.node.addDependency(GatewayLogging.of(scope));
}
