import { ApiDefinition, type CfnStage, EndpointType, SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy, Size, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { apiInfo, type Contract } from '../../contract/contract.js';
import type { NodeFunction } from '../../function/node-function.js';
import { given } from '../../props/given.js';
import { targetOf } from '../../target/target.js';
import type { ApiProps } from '../api-props.js';
import type { RenderedIntegration } from '../integrations/integration.js';
import { cacheKeys, headersAmong, parameterOf } from './caching.js';
import type { Cors } from './cors.js';
import { GatewayLogging } from './gateway-logging.js';
import { type CreatedAuthorizer, invocationUri } from './lambda-authorizers.js';
import { addSizeCheck } from './limits.js';
import { functionIntegration, openApiBody } from './openapi-body.js';
import type { PlannedRoute } from './planned-route.js';
import { stageOptions } from './stage.js';

/** The properties of an API that matter here, whatever their types are about. */
// biome-ignore lint/suspicious/noExplicitAny: routes, bindings and authorizers are planned already.
export type RestApiProps = Omit<ApiProps<any, any, any, any>, 'contract' | 'routes'>;

/** What the REST API is made of. */
export interface RestApiParts {
  readonly contract: Contract;
  readonly routes: readonly PlannedRoute[];
  readonly functions: Readonly<Record<string, NodeFunction>>;
  readonly authorizers: Readonly<Record<string, CreatedAuthorizer>>;
  readonly cors?: Cors;
  readonly accessLog: ILogGroup;
}

/** The REST API with its one stage: the contract as an OpenAPI body, over the functions. */
export function createRestApi(scope: Construct, props: RestApiProps, parts: RestApiParts): SpecRestApi {
  const { contract, routes, authorizers, cors, accessLog } = parts;
  const restApiName = props.restApi?.restApiName ?? `${Stack.of(scope).stackName}-${contract[apiInfo].name}`;
  const integrations = Object.fromEntries(
    routes.map((route) => [route.name, integrationOf(scope, route, parts)]),
  );
  // On the emulators a domain leads nowhere.
  const isReal = targetOf(scope) === 'aws';
  const hasEndpoint = !(props.restApi?.disableExecuteApiEndpoint ?? (isReal && props.domain !== undefined));
  const body = openApiBody({
    contract,
    title: restApiName,
    hasEndpoint,
    ...(cors && { cors }),
    ...(props.users && { userPoolArn: props.users.userPoolArn }),
    authorizers: Object.fromEntries(Object.entries(authorizers).map(([name, { scheme }]) => [name, scheme])),
    integrationOf: (name) => integrations[name]!.definition,
    responsesOf: (name) => integrations[name]!.responses,
    headersOf: (name) => headersAmong(cacheKeys(routes.find((route) => route.name === name)!, cors)),
    validatesBody: (name) => integrations[name]!.validatesBody || (props.validateBodiesAtGateway ?? false),
  });
  addSizeCheck(scope, body);
  return new SpecRestApi(scope, 'RestApi', {
    apiDefinition: ApiDefinition.fromInline(body),
    endpointTypes: [EndpointType.REGIONAL],
    minCompressionSize: Size.kibibytes(1),
    cloudWatchRole: false,
    ...(!hasEndpoint && { disableExecuteApiEndpoint: true }),
    ...given(props.restApi),
    restApiName,
    deployOptions: stageOptions({
      accessLog,
      routes,
      own: [props.stage, props.restApi?.deployOptions],
      ...(props.throttle && { throttle: props.throttle }),
      ...(props.cacheSize && { cacheSize: props.cacheSize }),
    }),
  });
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
 * Lets API Gateway write its own log, and keeps that as long as the other one: API Gateway makes this log group by its
 * name if it is not there, and then keeps it for ever.
 */
export function keepExecutionLog(scope: Construct, api: SpecRestApi, props: RestApiProps): void {
  const { restApiId, deploymentStage } = api;
  const stageName = (deploymentStage.node.defaultChild as CfnStage).stageName;
  const executionLog = new LogGroup(scope, 'ExecutionLog', {
    logGroupName: `API-Gateway-Execution-Logs_${restApiId}/${stageName}`,
    retention: props.logRetention ?? RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  deploymentStage.node.addDependency(executionLog);
  if (props.cloudWatchRole ?? true) deploymentStage.node.addDependency(GatewayLogging.of(scope));
}
