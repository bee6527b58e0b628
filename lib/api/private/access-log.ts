import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';

/**
 * Identity and error are there to answer "who got which refusal, and why". A request's own headers, such as a
 * correlation id, are not to be had here: the function's log has them under the same request id.
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
  // Who, by the kind of authorization: a user, a Lambda authorizer's principal, AWS credentials, an API key.
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

/** One line of JSON for each request. */
export function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(JSON.stringify(FIELDS));
}
