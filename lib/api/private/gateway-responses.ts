/**
 * What API Gateway answers before a function runs, as problems (RFC 9457) like those of the functions.
 * An unknown path or method is 404 here: "Missing Authentication Token" (403) has sent many on a wrong search.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const RESPONSES: Readonly<Record<string, { readonly status?: number; readonly title: string }>> = {
  DEFAULT_4XX: { title: 'The request was refused' },
  DEFAULT_5XX: { title: 'Internal server error' },
  ACCESS_DENIED: { status: 403, title: 'Forbidden' },
  API_CONFIGURATION_ERROR: { status: 500, title: 'Internal server error' },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, title: 'Internal server error' },
  AUTHORIZER_FAILURE: { status: 500, title: 'Internal server error' },
  BAD_REQUEST_BODY: { status: 400, title: 'The request is not valid' },
  BAD_REQUEST_PARAMETERS: { status: 400, title: 'The request is not valid' },
  EXPIRED_TOKEN: { status: 401, title: 'Unauthorized' },
  INTEGRATION_FAILURE: { status: 502, title: 'The service did not answer' },
  INTEGRATION_TIMEOUT: { status: 504, title: 'The service did not answer in time' },
  INVALID_SIGNATURE: { status: 403, title: 'Forbidden' },
  INVALID_API_KEY: { status: 403, title: 'Forbidden' },
  MISSING_AUTHENTICATION_TOKEN: { status: 404, title: 'Not found' },
  QUOTA_EXCEEDED: { status: 429, title: 'Too many requests' },
  REQUEST_TOO_LARGE: { status: 413, title: 'The body is too large' },
  RESOURCE_NOT_FOUND: { status: 404, title: 'Not found' },
  THROTTLED: { status: 429, title: 'Too many requests' },
  UNAUTHORIZED: { status: 401, title: 'Unauthorized' },
  WAF_FILTERED: { status: 403, title: 'Forbidden' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'Unsupported media type' },
};

const DETAILS: Readonly<Record<string, string>> = {
  MISSING_AUTHENTICATION_TOKEN: '"There is no such path, or it does not have this method."',
};

/** An operation for AWS credentials is answered like a path that does not exist, when there are none. */
const NOT_SIGNED = '"There is no such path, it does not have this method, or it is for signed requests."';

export interface GatewayResponseOptions {
  /** What every one of them has besides. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether tokens are a way to be let in. */
  readonly takesTokens?: boolean;
  /** Whether AWS credentials are. */
  readonly takesSignatures?: boolean;
}

/** The `x-amazon-apigateway-gateway-responses` of an API. */
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
          // What a function says by this name, API Gateway renames; here it can be said.
          // https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2
          ...(status === 401 && takesTokens && { 'gatewayresponse.header.WWW-Authenticate': "'Bearer'" }),
          ...(type === 'THROTTLED' && { 'gatewayresponse.header.Retry-After': "'1'" }),
          // The validator's words have quotation marks in them and a gateway response cannot escape: not for JSON.
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
    // A default stands for many statuses, and no variable holds the one that is sent.
    ...(status ? [`"status":${status}`] : []),
    `"detail":${detail}`,
    '"instance":"urn:request:$context.requestId"',
  ];
  return `{${members.join(',')}}`;
}
