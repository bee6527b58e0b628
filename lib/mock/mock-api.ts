import * as z from 'zod';
import { isBinary } from '../contract/body.js';
import type { Contract } from '../contract/contract.js';
import type { RouteInput, RouteResponse } from '../contract/handler-types.js';
import type { Operation, Operations } from '../contract/operation.js';
import { responsesOf } from '../contract/responses.js';
import { type Authentication, authorize } from '../http/authorize.js';
import { callerScope } from '../http/caller-scope.js';
import { claimsOf, type TokenUser } from '../http/claims.js';
import { readRequest, toResponse } from '../http/fetch.js';
import { memoryResponses } from '../http/memory-responses.js';
import type { HttpRequest } from '../http/message.js';
import type { AnyResponse } from '../http/response.js';
import { matchRoute, problemResponse, unmatchedResponse } from '../http/router.js';
import { createServer } from '../http/serve.js';

/** What answers operations instead of their functions. */
export type MockHandlers<C extends Operations, Replies> = {
  readonly [Name in keyof Replies]: (
    input: RouteInput<C[Name & keyof C]>,
  ) => Replies[Name] | Promise<Replies[Name]>;
} & { readonly [Name in Exclude<keyof Replies, keyof C>]: never };

type AnyHandler = (input: object) => AnyResponse | Promise<AnyResponse>;

/** Who a token stands for. */
export interface MockUser extends TokenUser {
  /** Context of a Lambda authorizer; arrives as text. @default - none */
  readonly context?: Readonly<Record<string, string | number | boolean>>;
}

export interface MockOptions {
  /** Who calls, by the token that is sent: `Authorization: Bearer <token>`. @default - nobody has signed in */
  readonly users?: Readonly<Record<string, MockUser>>;
  /** What stands before the contract's paths in a URL, as in `/api`. @default - nothing */
  readonly basePath?: string;
  /** Told of what would be logged: a handler that fails or breaks its contract. @default console.error */
  readonly failed?: (error: unknown) => void;
}

/** Answers requests as the API would. It fits where `fetch` is wanted. */
export type MockApi = (request: Request | URL | string, init?: RequestInit) => Promise<Response>;

/**
 * The API in the browser, or in a test of the front end: checks requests and replies, authorizes and refuses by the same
 * code as the deployed functions, and keeps the responses of operations that are `idempotent` in memory. An operation without a handler answers the first example of its success; without
 * an example, 501.
 *
 * It is the `fetch` of a client (`createClient(api, { baseUrl: 'https://mock', fetch: mockApi(api, { ... }) })`), or the
 * answer of a service worker: with msw `http.all('/api/*', ({ request }) => mock(request))`.
 *
 * @example
 * import { createClient } from 'cdk-trellis/client';
 * import { mockApi } from 'cdk-trellis/mock';
 * import { ordersApi } from '../contracts/orders.js';
 *
 * const mock = mockApi(
 *   ordersApi,
 *   { getOrder: ({ params }) => ({ status: 200, body: `This is ${params.orderId}` }) },
 *   { users: { ann: { sub: 'user-1' } } },
 * );
 * const client = createClient(ordersApi, { baseUrl: 'https://mock', fetch: mock, token: () => 'ann' });
 */
export function mockApi<
  C extends Operations,
  const Replies extends { readonly [Name in keyof C]?: RouteResponse<C[Name]> } = Record<never, never>,
>(
  contract: Contract<C>,
  handlers: MockHandlers<C, Replies> = {} as MockHandlers<C, Replies>,
  options: MockOptions = {},
): MockApi {
  const { basePath = '', failed = (error) => console.error(error) } = options;
  const servings = new Map(
    Object.entries(contract).map(([name, operation]) => [
      name,
      createServer<HttpRequest & Authentication>(operation),
    ]),
  );
  const responses = memoryResponses();
  return async (input, init) => {
    const { path, ...read } = await readRequest(new Request(input, init), basePath);
    const place = matchRoute(contract as Operations, read.method, path);
    if (place.operation === undefined)
      return toResponse(unmatchedResponse(place.allow, read.method, read.requestId));
    const operation = contract[place.operation]!;
    const handler =
      (handlers as Readonly<Record<string, AnyHandler>>)[place.operation] ?? exampleOf(operation);
    if (!handler) return toResponse(notImplemented(place.operation, read.requestId));
    const request = {
      ...read,
      params: place.params,
      ...authenticationOf(read.headers.authorization, options.users),
      ...(read.headers['x-api-key'] && { apiKeyId: read.headers['x-api-key'] }),
    };
    const reply = await servings.get(place.operation)!(request, {
      authorize: () => authorize(operation.auth, request, undefined),
      implement: async (given) => handler(given),
      idempotency: { store: async () => responses, caller: () => callerScope(operation, request) },
      failed,
    });
    return toResponse(reply);
  };
}

/** What the gateway would say of who sends the request. */
function authenticationOf(
  authorization: string | undefined,
  users: MockOptions['users'] = {},
): Authentication {
  const token = authorization?.replace(/^Bearer /i, '') ?? '';
  if (token.startsWith('AWS4-HMAC-SHA256')) {
    return {
      caller: { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/mock', userId: 'AIDAMOCK' },
    };
  }
  const user = Object.hasOwn(users, token) ? users[token] : undefined;
  return user
    ? {
        claims: claimsOf(user),
        ...(user.context && { context: { principalId: token, ...user.context } }),
      }
    : {};
}

/** A handler that answers the first example of a success, or a success without a body. */
function exampleOf(operation: Operation): AnyHandler | undefined {
  for (const [status, { content, examples = {} }] of responsesOf(operation)) {
    const [[type, schema] = []] = content;
    if (status >= 400) continue;
    if (!schema) return () => ({ status });
    const [example] = Object.values(examples);
    if (example !== undefined && !isBinary(schema)) {
      return () => ({ status, ...(content.size > 1 && { type }), body: z.decode(schema, example as never) });
    }
  }
  return undefined;
}

function notImplemented(name: string, requestId: string) {
  const detail = `Give \`mockApi\` a handler for ${name}, or its success an example.`;
  return problemResponse({ status: 501, title: 'Not implemented', detail }, requestId);
}
