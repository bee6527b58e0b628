import { PROBLEMS } from '../../http/problems.js';

/**
 * Responses of API Gateway before a function runs, as problems (RFC 9457) like those of the functions.
 * An unknown path or method is a 404 here: API Gateway's default, "Missing Authentication Token" (403), is misleading.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const RESPONSES: Readonly<Record<string, { readonly status?: number; readonly title: string }>> = {
  DEFAULT_4XX: { title: 'The request was rejected' },
  DEFAULT_5XX: { title: PROBLEMS.internalError.title },
  ACCESS_DENIED: PROBLEMS.forbidden,
  API_CONFIGURATION_ERROR: PROBLEMS.internalError,
  AUTHORIZER_CONFIGURATION_ERROR: PROBLEMS.internalError,
  AUTHORIZER_FAILURE: PROBLEMS.internalError,
  BAD_REQUEST_BODY: PROBLEMS.invalidRequest,
  BAD_REQUEST_PARAMETERS: PROBLEMS.invalidRequest,
  EXPIRED_TOKEN: PROBLEMS.unauthorized,
  INTEGRATION_FAILURE: PROBLEMS.badGateway,
  INTEGRATION_TIMEOUT: PROBLEMS.gatewayTimeout,
  INVALID_SIGNATURE: PROBLEMS.forbidden,
  INVALID_API_KEY: PROBLEMS.forbidden,
  MISSING_AUTHENTICATION_TOKEN: PROBLEMS.notFound,
  QUOTA_EXCEEDED: PROBLEMS.tooManyRequests,
  REQUEST_TOO_LARGE: PROBLEMS.bodyTooLarge,
  RESOURCE_NOT_FOUND: PROBLEMS.notFound,
  THROTTLED: PROBLEMS.tooManyRequests,
  UNAUTHORIZED: PROBLEMS.unauthorized,
  WAF_FILTERED: PROBLEMS.forbidden,
  UNSUPPORTED_MEDIA_TYPE: PROBLEMS.unsupportedMediaType,
};

const DETAILS: Readonly<Record<string, string>> = {
  MISSING_AUTHENTICATION_TOKEN: '"The path does not exist, or does not have this method."',
};

/** Detail when operations require AWS credentials: an unsigned request gets the same response as an unknown path. */
const NOT_SIGNED = '"The path does not exist, does not have this method, or requires a signed request."';

export interface GatewayResponseOptions {
  /** Headers of every response. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** True if an operation takes tokens. @default false */
  readonly takesTokens?: boolean;
  /** True if an operation takes AWS credentials. @default false */
  readonly takesSignatures?: boolean;
}

/** Returns the `x-amazon-apigateway-gateway-responses` of an API. */
export function gatewayResponses(options: GatewayResponseOptions = {}): Record<string, unknown> {
  const { headers = {}, takesTokens, takesSignatures } = options;
  const shared = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [`gatewayresponse.header.${name}`, value]),
  );
  return Object.fromEntries(
    Object.entries(RESPONSES).map(([type, { status, title }]) => [
      type,
      {
        ...(status && { statusCode: status }),
        responseParameters: {
          'gatewayresponse.header.Content-Type': "'application/problem+json'",
          'gatewayresponse.header.Cache-Control': "'no-store'",
          'gatewayresponse.header.X-Content-Type-Options': "'nosniff'",
          ...shared,
          // API Gateway renames this header in responses of functions, but not here.
          // https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2
          ...(status === 401 && takesTokens && { 'gatewayresponse.header.WWW-Authenticate': "'Bearer'" }),
          ...(type === 'THROTTLED' && { 'gatewayresponse.header.Retry-After': "'1'" }),
          // The validator's message contains quotation marks, which a gateway response cannot escape in JSON.
          ...(type.startsWith('BAD_REQUEST') && {
            'gatewayresponse.header.X-Validation-Error': 'context.error.validationErrorString',
          }),
        },
        responseTemplates: {
          'application/json': template(
            status,
            title,
            (type === 'MISSING_AUTHENTICATION_TOKEN' && takesSignatures && NOT_SIGNED) || DETAILS[type],
          ),
        },
      },
    ]),
  );
}

function template(
  status: number | undefined,
  title: string,
  detail = '$context.error.messageString',
): string {
  const members = [
    '"type":"about:blank"',
    `"title":${JSON.stringify(title)}`,
    // A default response has many statuses, and no variable contains the actual one.
    ...(status ? [`"status":${status}`] : []),
    `"detail":${detail}`,
    '"instance":"urn:request:$context.requestId"',
  ];
  return `{${members.join(',')}}`;
}
