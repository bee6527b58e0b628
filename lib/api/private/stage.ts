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

/** Enough for many, and a bound to the bill of an error or an attack. */
const THROTTLE: Throttle = { requestsPerSecond: 100, burst: 200 };

/** What the stage of an API is made of. */
export interface StageSources {
  /** Where each request is logged. @default - API Gateway writes no logs */
  readonly accessLog?: ILogGroup;
  readonly throttle?: Throttle;
  readonly cacheSize?: string;
  readonly routes: readonly PlannedRoute[];
  /** What the user says of the stage; the later wins. */
  readonly own: readonly (StageOptions | undefined)[];
}

/** Traced, throttled, with access logs in JSON; what the user says wins. */
export function stageOptions(sources: StageSources): StageOptions {
  const { accessLog, throttle = THROTTLE, cacheSize, routes, own } = sources;
  const common = methodOptions(throttle, accessLog !== undefined);
  const wanted: StageOptions = Object.assign({}, ...own.map(definedProps));
  return {
    // One API has one stage; it is part of the address.
    stageName: 'api',
    tracingEnabled: true,
    ...common,
    ...(accessLog && {
      accessLogDestination: new LogGroupLogDestination(accessLog),
      accessLogFormat: accessLogFormat(),
    }),
    cacheClusterEnabled: cacheSize !== undefined,
    ...(cacheSize && { cacheClusterSize: cacheSize }),
    ...wanted,
    methodOptions: {
      ...routeOptions(routes, { ...common, ...wanted }, cacheSize !== undefined),
      ...wanted.methodOptions,
    },
  };
}

function methodOptions({ requestsPerSecond, burst }: Throttle, isLogged: boolean): MethodDeploymentOptions {
  return {
    // Those of the stage are free and enough for the alarms; a method's are billed as custom metrics, $0.30 each.
    metricsEnabled: false,
    loggingLevel: isLogged ? MethodLoggingLevel.ERROR : MethodLoggingLevel.OFF,
    // It would write bodies, and with them personal data, into the logs.
    dataTraceEnabled: false,
    throttlingRateLimit: requestsPerSecond,
    throttlingBurstLimit: burst,
    // What is left out stays as it was: a cache would go on, without its keys, for everyone.
    // https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2231
    cachingEnabled: false,
  };
}

/** The settings of those methods that have some of their own: what is not repeated in them falls back to API Gateway's. */
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

/** What GET costs, HEAD costs. */
function methodsOf({ operation: { method }, options }: PlannedRoute): readonly string[] {
  return method === 'GET' && options.throttle ? ['GET', 'HEAD'] : [method];
}
