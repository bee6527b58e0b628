import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { binaryMediaTypes } from '../contract/binary-media-types.js';
import type { Contract } from '../contract/contract.js';
import type { Operations } from '../contract/operation.js';
import { bearerToken } from '../http/bearer-token.js';
import { readRequest, toResponse } from '../http/fetch.js';
import { PROBLEMS } from '../http/problems.js';
import { matchRoute, problemResponse } from '../http/router.js';
import { type RestEventOptions, restEvent } from './rest-event.js';

/** Function of an API: `route(...)`, or preferably `route(...).with({ ... })`. */
export type AnyRoute = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Options of `inProcess`. */
export interface InProcessOptions {
  /** Users by the token of the request: `Authorization: Bearer <token>`. @default - every request is anonymous */
  readonly users?: Readonly<Record<string, NonNullable<RestEventOptions['user']>>>;
  /** Prefix of the contract's paths in URLs, for example `/api`. @default - no prefix */
  readonly basePath?: string;
}

/**
 * Serves an API in this process, for tests of handlers with the typed client: pass the result as `fetch`. Handlers
 * receive the events that API Gateway would create, and no request leaves the process.
 *
 * @example
 * import { createClient } from 'cdk-trellis/client';
 * import { inProcess } from 'cdk-trellis/testing';
 * import { ordersApi } from '../contracts/orders.js';
 * import { handler as getOrder } from '../lambda/get-order.js';
 *
 * const orders = { tableName: 'orders', client: {} as never };
 * const fetch = inProcess(ordersApi, { getOrder: getOrder.with({ orders }) }, { users: { ann: { sub: 'ann' } } });
 * const client = createClient(ordersApi, { baseUrl: 'https://api.test', fetch, token: () => 'ann' });
 */
export function inProcess<C extends Operations>(
  contract: Contract<C>,
  routes: { readonly [Name in keyof C]?: AnyRoute },
  { users = {}, basePath = '' }: InProcessOptions = {},
): (request: Request | URL | string, init?: RequestInit) => Promise<Response> {
  const bytes = binaryMediaTypes(Object.values(contract));
  return async (input, init) => {
    const { path, requestId, body, ...request } = await readRequest(new Request(input, init), basePath);
    const match = matchRoute(contract as Operations, request.method, path);
    // The response of the gateway, which has no 405.
    if (match.operation === undefined) {
      return toResponse(problemResponse(PROBLEMS.notFound, requestId));
    }
    const route = routes[match.operation];
    if (!route) throw new Error(`\`routes\` must have ${match.operation}, which the request calls`);
    const token = bearerToken(request.headers.authorization) ?? '';
    const type = request.headers['content-type']?.split(';', 1)[0] ?? '';
    const isBase64 = bytes.includes('*/*') || bytes.includes(type);
    const event = restEvent({
      ...request,
      path,
      params: match.params,
      ...(body.length > 0 && { body: isBase64 ? body : new TextDecoder().decode(body) }),
      ...(Object.hasOwn(users, token) && { user: users[token] }),
      ...(request.headers['x-api-key'] && { apiKeyId: request.headers['x-api-key'] }),
    });
    return fromResult(await route(event, { awsRequestId: requestId } as Context));
  };
}

function fromResult({
  statusCode,
  headers = {},
  multiValueHeaders = {},
  body,
  isBase64Encoded,
}: APIGatewayProxyResult): Response {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return toResponse({
    status: statusCode,
    headers: Object.fromEntries(texts),
    cookies: (multiValueHeaders['set-cookie'] ?? []).map(String),
    body: isBase64Encoded ? Buffer.from(body, 'base64') : body,
  });
}
