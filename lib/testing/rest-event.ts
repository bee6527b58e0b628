import type { APIGatewayProxyEvent } from 'aws-lambda';
import { claimsOf, type TokenUser } from '../http/claims.js';

/** Options of `restEvent`. */
export interface RestEventOptions {
  readonly method?: string;
  readonly path?: string;
  /** Path parameters, percent-encoded as in the URL. */
  readonly params?: Readonly<Record<string, string>>;
  /** Query parameters; a list is sent as a repeated parameter. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Body; an object is sent as JSON, text unchanged, bytes in base64. */
  readonly body?: unknown;
  /** Signed-in user of the Cognito authorizer; the header `Authorization` has the user's token. @default - no user */
  readonly user?: TokenUser;
  /** Principal whose AWS credentials signed the request. @default - the request is not signed */
  readonly caller?: { readonly account?: string; readonly arn: string; readonly userId?: string };
  /** Id of the API key of the request. @default - no key */
  readonly apiKeyId?: string;
  /**
   * Context of a Lambda authorizer, which the gateway converts to text. `principalId` is `principal-1` unless the context
   * has it. @default - no context
   */
  readonly context?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Creates the event of a REST API of API Gateway.
 *
 * @example
 * import { restEvent } from 'cdk-trellis/testing';
 *
 * const event = restEvent({ method: 'POST', path: '/products', body: { name: 'Lamp' }, user: { groups: ['admins'] } });
 */
export function restEvent(options: RestEventOptions = {}): APIGatewayProxyEvent {
  const { method = 'GET', path = '/', params, query = {}, body, caller } = options;
  const headers: Record<string, string> = {
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...options.headers,
  };
  const lists = Object.entries(query).map(([name, value]) => [name, [value].flat() as string[]] as const);
  const authorizer = authorizerOf(options);
  if (options.user) replaceAuthorization(headers, options.user);
  return {
    httpMethod: method,
    path,
    resource: path,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    pathParameters: params ? { ...params } : null,
    queryStringParameters:
      lists.length > 0 ? Object.fromEntries(lists.map(([name, list]) => [name, list.at(-1)])) : null,
    multiValueQueryStringParameters: lists.length > 0 ? Object.fromEntries(lists) : null,
    stageVariables: null,
    body: body === undefined ? null : textOf(body),
    isBase64Encoded: body instanceof Uint8Array,
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      httpMethod: method,
      path: `/api${path}`,
      protocol: 'HTTP/1.1',
      requestId: '00000000-0000-4000-8000-000000000000',
      requestTimeEpoch: 0,
      resourceId: 'resource',
      resourcePath: path,
      stage: 'api',
      ...(authorizer && { authorizer }),
      identity: {
        sourceIp: '127.0.0.1',
        userAgent: 'test',
        ...(caller && {
          userArn: caller.arn,
          accountId: caller.account ?? '123456789012',
          caller: caller.userId ?? 'AIDAEXAMPLE',
        }),
        ...(options.apiKeyId !== undefined && { apiKeyId: options.apiKeyId }),
      },
    } as APIGatewayProxyEvent['requestContext'],
  };
}

function textOf(body: unknown): string {
  if (body instanceof Uint8Array) return Buffer.from(body).toString('base64');
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function authorizerOf({ user, context }: RestEventOptions) {
  // The gateway passes every claim as text, and joins lists by commas.
  if (user) {
    return {
      claims: Object.fromEntries(
        Object.entries(claimsOf(user)).map(([name, value]) => [name, String(value)]),
      ),
    };
  }
  if (!context) return undefined;
  const texts = Object.entries(context).map(([name, value]) => [name, String(value)]);
  return { principalId: 'principal-1', ...Object.fromEntries(texts) };
}

/** Sets the token that the gateway verified; it is unsigned, because functions do not verify it again. */
function replaceAuthorization(headers: Record<string, string>, user: TokenUser) {
  for (const name of Object.keys(headers)) {
    if (name.toLowerCase() === 'authorization') delete headers[name];
  }
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  headers.Authorization = `Bearer ${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(claimsOf(user))}.`;
}
