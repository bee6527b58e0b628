import type { APIGatewayProxyEvent } from 'aws-lambda';
import { claimsOf, type TokenUser } from '../http/claims.js';

export interface RestEventOptions {
  readonly method?: string;
  readonly path?: string;
  /** Path parameters as they stand in the URL, that is, percent-encoded. */
  readonly params?: Readonly<Record<string, string>>;
  /** A list is a parameter that is repeated. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, text as it is, bytes in base64. */
  readonly body?: unknown;
  /** The signed-in user, as the gateway's Cognito authorizer passes them on; the header `Authorization` has their token. @default - nobody */
  readonly user?: TokenUser;
  /** Whose AWS credentials signed the request. @default - it is not signed */
  readonly caller?: { readonly account?: string; readonly arn: string; readonly userId?: string };
  /** The id of the API key that was sent. @default - none */
  readonly apiKeyId?: string;
  /**
   * What a Lambda authorizer told; the gateway makes texts of it. Its `principalId` may be among it, and is
   * `principal-1` otherwise. @default - there is none
   */
  readonly context?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The event that API Gateway invokes a function of a REST API with.
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
  // The gateway passes every claim on as text, and a list joined by commas.
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

/** The token that the gateway has verified, in place of any other: unsigned, for nobody checks it again. */
function replaceAuthorization(headers: Record<string, string>, user: TokenUser) {
  for (const name of Object.keys(headers)) {
    if (name.toLowerCase() === 'authorization') delete headers[name];
  }
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  headers.Authorization = `Bearer ${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(claimsOf(user))}.`;
}
