import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';

/**
 * Fields of the access log: with identity and error, to find out who was rejected, and why. Request headers such as a
 * correlation id are not available here; the function's log has them, with the same request id.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
const FIELDS = {
  requestId: '$context.requestId',
  extendedRequestId: '$context.extendedRequestId',
  traceId: '$context.xrayTraceId',
  time: '$context.requestTime',
  domain: '$context.domainName',
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
  errorType: '$context.error.responseType',
  validationError: '$context.error.validationErrorString',
  // The caller, by the kind of authorization: a user, a Lambda authorizer's principal, AWS credentials, an API key.
  user: '$context.authorizer.claims.sub',
  client: '$context.authorizer.claims.client_id',
  principal: '$context.authorizer.principalId',
  caller: '$context.identity.userArn',
  apiKeyId: '$context.identity.apiKeyId',
  authorizerError: '$context.authorizer.error',
  authorizerLatency: '$context.authorizer.latency',
  wafStatus: '$context.waf.status',
  wafError: '$context.waf.error',
  ip: '$context.identity.sourceIp',
  userAgent: '$context.identity.userAgent',
};

/** Returns the format of the access log: one line of JSON per request. */
export function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(JSON.stringify(FIELDS));
}
