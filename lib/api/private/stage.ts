import {
  LogGroupLogDestination,
  type MethodDeploymentOptions,
  MethodLoggingLevel,
  type StageOptions,
} from 'aws-cdk-lib/aws-apigateway';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { definedProps } from '../../construct/defined-props.js';
import type { Throttle } from '../routes.js';
import { accessLogFormat } from './access-log.js';
import type { PlannedRoute } from './planned-route.js';

/** Default throttle: sufficient for many APIs, and it bounds the cost of an error or an attack. */
const THROTTLE: Throttle = { requestsPerSecond: 100, burst: 200 };

/** Sources of the stage's options. */
export interface StageSources {
  /** The access log. @default - API Gateway writes no logs */
  readonly accessLog?: ILogGroup;
  readonly throttle?: Throttle;
  readonly cacheSize?: string;
  readonly routes: readonly PlannedRoute[];
  /** The user's options of the stage; later ones override earlier ones. */
  readonly overrides: readonly (StageOptions | undefined)[];
}

/** Returns the stage's options: tracing, throttling and access logs in JSON; the user's options override them. */
export function stageOptions(sources: StageSources): StageOptions {
  const { accessLog, throttle = THROTTLE, cacheSize, routes } = sources;
  const common = methodOptions(throttle, accessLog !== undefined);
  const overrides: StageOptions = Object.assign({}, ...sources.overrides.map(definedProps));
  return {
    // An API has one stage; its name is part of the URL.
    stageName: 'api',
    tracingEnabled: true,
    ...common,
    ...(accessLog && {
      accessLogDestination: new LogGroupLogDestination(accessLog),
      accessLogFormat: accessLogFormat(),
    }),
    cacheClusterEnabled: cacheSize !== undefined,
    ...(cacheSize && { cacheClusterSize: cacheSize }),
    ...overrides,
    methodOptions: {
      ...routeOptions(routes, { ...common, ...overrides }, cacheSize !== undefined),
      ...overrides.methodOptions,
    },
  };
}

function methodOptions({ requestsPerSecond, burst }: Throttle, isLogged: boolean): MethodDeploymentOptions {
  return {
    // The stage's metrics are free and suffice for the alarms; a method's are billed as custom metrics, $0.30 each.
    metricsEnabled: false,
    loggingLevel: isLogged ? MethodLoggingLevel.ERROR : MethodLoggingLevel.OFF,
    // Data traces would write bodies, and with them personal data, to the logs.
    dataTraceEnabled: false,
    throttlingRateLimit: requestsPerSecond,
    throttlingBurstLimit: burst,
    // API Gateway keeps an omitted setting: a removed cache would continue without its keys, for all callers.
    // https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2231
    cachingEnabled: false,
  };
}

/** Returns the settings of methods that differ from the stage's. An omitted setting falls back to API Gateway's default. */
function routeOptions(
  routes: readonly PlannedRoute[],
  stage: MethodDeploymentOptions,
  hasCache: boolean,
): Record<string, MethodDeploymentOptions> {
  const { metricsEnabled, loggingLevel, dataTraceEnabled } = stage;
  return Object.fromEntries(
    routes
      .filter(({ options, operation }) => options.throttle || (hasCache && operation.method === 'GET'))
      .flatMap((route) =>
        methodsOf(route).map((method) => ({
          ...route,
          method,
        })),
      )
      .map(({ operation, options, method }) => [
        `${operation.path}/${method}`,
        {
          metricsEnabled,
          loggingLevel,
          dataTraceEnabled,
          throttlingRateLimit: stage.throttlingRateLimit,
          throttlingBurstLimit: stage.throttlingBurstLimit,
          cachingEnabled: false,
          ...(options.throttle && {
            throttlingRateLimit: options.throttle.requestsPerSecond,
            throttlingBurstLimit: options.throttle.burst,
          }),
          ...(options.cache &&
            method === 'GET' && {
              cachingEnabled: true,
              cacheTtl: options.cache.ttl,
              cacheDataEncrypted: true,
            }),
        },
      ]),
  );
}

/** Returns the methods to throttle: HEAD invokes the same function as GET. */
function methodsOf({ operation: { method }, options }: PlannedRoute): readonly string[] {
  return method === 'GET' && options.throttle ? ['GET', 'HEAD'] : [method];
}
