import * as z from 'zod';
import { isBinary } from '../contract/body.js';
import type { Contract } from '../contract/contract.js';
import type { RouteInput, RouteResponse } from '../contract/handler-types.js';
import type { Operation, Operations } from '../contract/operation.js';
import { responsesOf } from '../contract/responses.js';
import { type Authentication, authorize } from '../http/authorize.js';
import { bearerToken } from '../http/bearer-token.js';
import { callerScope } from '../http/caller-scope.js';
import { claimsOf, type TokenUser } from '../http/claims.js';
import { readRequest, toResponse } from '../http/fetch.js';
import { memoryResponses } from '../http/memory-responses.js';
import type { HttpRequest } from '../http/message.js';
import { PROBLEMS } from '../http/problems.js';
import type { AnyResponse } from '../http/response.js';
import { matchRoute, problemResponse, unmatchedResponse } from '../http/router.js';
import { createServer } from '../http/serve.js';

/** Handlers of a mock, by the name of the operation. */
export type MockHandlers<C extends Operations, Responses> = {
  readonly [Name in keyof Responses]: (
    input: RouteInput<C[Name & keyof C]>,
  ) => Responses[Name] | Promise<Responses[Name]>;
} & { readonly [Name in Exclude<keyof Responses, keyof C>]: never };

type AnyHandler = (input: object) => AnyResponse | Promise<AnyResponse>;

/** User that a token identifies. */
export interface MockUser extends TokenUser {
  /** Context of a Lambda authorizer; arrives as text. @default - no context */
  readonly context?: Readonly<Record<string, string | number | boolean>>;
}

/** Options of `mockApi`. */
export interface MockOptions {
  /** Users by the token of the request: `Authorization: Bearer <token>`. @default - every request is anonymous */
  readonly users?: Readonly<Record<string, MockUser>>;
  /** Prefix of the contract's paths in URLs, for example `/api`. @default - no prefix */
  readonly basePath?: string;
  /** Receives errors that a function would log: a handler that fails or breaks its contract. @default console.error */
  readonly failed?: (error: unknown) => void;
}

/** Mocked API with the signature of `fetch`. */
export type MockApi = (request: Request | URL | string, init?: RequestInit) => Promise<Response>;

/**
 * Creates a mock of an API, for browsers and front-end tests. It authorizes and validates requests and responses with
 * the code of the deployed functions, and stores the responses of `idempotent` operations in memory. An operation without
 * a handler returns the first example of its success response; without an example, 501.
 *
 * Use it as the `fetch` of a client (`createClient(api, { baseUrl: 'https://mock', fetch: mockApi(api, { ... }) })`) or in
 * a service worker: with msw `http.all('/api/*', ({ request }) => mock(request))`.
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
  const Responses extends { readonly [Name in keyof C]?: RouteResponse<C[Name]> } = Record<never, never>,
>(
  contract: Contract<C>,
  handlers: MockHandlers<C, Responses> = {} as MockHandlers<C, Responses>,
  options: MockOptions = {},
): MockApi {
  const { basePath = '', failed = (error) => console.error(error) } = options;
  const servers = new Map(
    Object.entries(contract).map(([name, operation]) => [
      name,
      createServer<HttpRequest & Authentication>(operation),
    ]),
  );
  const responses = memoryResponses();
  return async (input, init) => {
    const { path, ...incoming } = await readRequest(new Request(input, init), basePath);
    const match = matchRoute(contract as Operations, incoming.method, path);
    if (match.operation === undefined)
      return toResponse(unmatchedResponse(match.allow, incoming.method, incoming.requestId));
    const operation = contract[match.operation]!;
    const handler =
      (handlers as Readonly<Record<string, AnyHandler>>)[match.operation] ?? exampleOf(operation);
    if (!handler) return toResponse(notImplemented(match.operation, incoming.requestId));
    const request = {
      ...incoming,
      params: match.params,
      ...authenticationOf(incoming.headers.authorization, options.users),
      ...(incoming.headers['x-api-key'] && { apiKeyId: incoming.headers['x-api-key'] }),
    };
    const response = await servers.get(match.operation)!(request, {
      authorize: () => authorize(operation.auth, request, undefined),
      implement: async (input) => handler(input),
      idempotency: { store: async () => responses, caller: () => callerScope(operation, request) },
      failed,
    });
    return toResponse(response);
  };
}

/** Returns the identity that the gateway would establish. */
function authenticationOf(
  authorization: string | undefined,
  users: MockOptions['users'] = {},
): Authentication {
  const token = bearerToken(authorization) ?? '';
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

/** Returns a handler that returns the first example of a success response, or a success without a body. */
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
  const detail = `Pass \`mockApi\` a handler for ${name}, or add an example to its success response.`;
  return problemResponse({ ...PROBLEMS.notImplemented, detail }, requestId);
}
