import type { APIGatewayProxyEvent } from 'aws-lambda';

export interface RestEventOptions {
  readonly method?: string;
  readonly path?: string;
  /** Path parameters as they stand in the URL, that is, percent-encoded. */
  readonly params?: Readonly<Record<string, string>>;
  /** A list is a parameter that is repeated. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, text as it is. */
  readonly body?: unknown;
  /** The signed-in user, as the gateway's Cognito authorizer passes them on. @default - nobody */
  readonly user?: {
    readonly sub?: string;
    readonly groups?: readonly string[];
    readonly clientId?: string;
    readonly tokenUse?: string;
  };
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
  const { method = 'GET', path = '/', params, query = {}, body, user } = options;
  const headers: Record<string, string> = {
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...options.headers,
  };
  const lists = Object.entries(query).map(([name, value]) => [name, [value].flat() as string[]] as const);
  const authorizer = user && { claims: claimsOf(user) };
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
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
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
      identity: { sourceIp: '127.0.0.1', userAgent: 'test' },
    } as APIGatewayProxyEvent['requestContext'],
  };
}

/** The gateway passes every claim on as text, and a list joined by commas. */
function claimsOf(user: NonNullable<RestEventOptions['user']>): Record<string, string> {
  const { sub = 'user-1', groups = [], clientId = 'client-1', tokenUse = 'access' } = user;
  return {
    sub,
    username: sub,
    token_use: tokenUse,
    client_id: clientId,
    ...(groups.length > 0 && { 'cognito:groups': groups.join(',') }),
  };
}
