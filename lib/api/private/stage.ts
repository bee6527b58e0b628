import {
  AccessLogFormat,
  LogGroupLogDestination,
  MethodLoggingLevel,
  type StageOptions,
} from 'aws-cdk-lib/aws-apigateway';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';

/** Traced, throttled, with access logs in JSON; what the user says wins. */
export function stageOptions(
  accessLog: ILogGroup,
  { requestsPerSecond, burst } = { requestsPerSecond: 100, burst: 200 },
  ...own: (StageOptions | undefined)[]
): StageOptions {
  return Object.assign(
    {
      // One API has one stage; it is part of the address.
      stageName: 'api',
      tracingEnabled: true,
      // Those of the stage are free and enough for the alarms; a method's are billed as custom metrics, $0.30 each.
      metricsEnabled: false,
      loggingLevel: MethodLoggingLevel.ERROR,
      // It would write bodies, and with them personal data, into the logs.
      dataTraceEnabled: false,
      throttlingRateLimit: requestsPerSecond,
      throttlingBurstLimit: burst,
      accessLogDestination: new LogGroupLogDestination(accessLog),
      accessLogFormat: AccessLogFormat.custom(ACCESS_LOG_FORMAT),
    },
    ...own,
  );
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
