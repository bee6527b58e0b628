import type { Logger } from '@aws-lambda-powertools/logger';
import type {
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyResult,
  Context,
} from 'aws-lambda';
import { isUserAuth } from '../../contract/auth.js';
import type { RouteInput, RouteResponse } from '../../contract/handler-types.js';
import type { Operation } from '../../contract/operation.js';
import { authorize, CLIENT_IDS_VARIABLE } from '../../http/authorize.js';
import { callerScope } from '../../http/caller-scope.js';
import { withCors } from '../../http/cors.js';
import { memoryResponses } from '../../http/memory-responses.js';
import type { AnyResponse } from '../../http/response.js';
import { unmatchedResponse } from '../../http/router.js';
import { correlationIdOf, createServer, type Service } from '../../http/serve.js';
import type { ResponseStore } from '../../http/serve-once.js';
import { fromHttpEvent, routeOf } from '../gateway/http-request.js';
import { fromRestEvent, type GatewayRequest } from '../gateway/rest-request.js';
import { assertResponseSize, toResult } from '../gateway/result.js';
import { invoked } from '../invocation.js';
import { logger } from '../logger.js';
import { type Clients, connection, type Needs } from '../needs/need.js';
import { once } from '../once.js';

/** The Lambda handler of one operation. */
export interface RouteHandler<O extends Operation, N extends Needs> {
  (event: RouteEvent, context: Context): Promise<APIGatewayProxyResult>;
  readonly operation: O;
  readonly needs: N;
  /**
   * Returns the handler with the given clients, for unit tests. It accepts tokens of every app client, and keeps the
   * responses of an `idempotent` operation in memory.
   */
  with(clients: Clients<N>): (event: RouteEvent, context?: Context) => Promise<APIGatewayProxyResult>;
}

/** Event of a REST API (payload 1.0), or of an HTTP API or a function URL (payload 2.0). */
export type RouteEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2;

/** Tools of a handler besides its input and its clients. */
export interface RouteTools {
  /** Powertools' logger of this request: every line has the request id and the correlation id. Its keys end with the request. */
  readonly logger: Logger;
}

/**
 * Implements an operation of a contract.
 *
 * Authorizes the caller (401, 403), validates the request (400 with every error and its path), runs `implement`,
 * validates its response against the contract and sends it. A problem is sent as the response if the contract declares
 * its status. Any other error, and a response that breaks the contract, is logged with the request id and becomes a 500
 * without details.
 *
 * An `idempotent` operation runs once for each key; a repeated request gets the first one's response.
 *
 * A HEAD request gets the headers of the GET response. A GET with status 200 and an `etag` header becomes 304 for a
 * caller that has it (`If-None-Match`). The caller's `x-correlation-id`, else the request id, is in every log line and
 * in the response.
 *
 * Lambda returns at most 6 MB and API Gateway waits 29 seconds, https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html;
 * a larger response is logged and becomes a 500.
 *
 * The needs must be an object literal: the construct that deploys the handler reads them from the source.
 *
 * @example
 * import * as z from 'zod';
 * import { defineApi } from 'cdk-trellis/contract';
 * import { route } from 'cdk-trellis/runtime';
 *
 * const api = defineApi({ name: 'greetings', version: '1.0.0' }, {
 *   greet: { method: 'GET', path: '/greetings/{name}', auth: 'public', responses: { 200: z.object({ text: z.string() }) } },
 * });
 *
 * export const handler = route(api.greet, {}, async ({ params }) => {
 *   return { status: 200, body: { text: `Hello ${params.name}` } };
 * });
 */
export function route<O extends Operation, const N extends Needs, const R extends RouteResponse<O>>(
  operation: O,
  needs: N,
  implement: (input: RouteInput<O>, clients: Clients<N>, tools: RouteTools) => Promise<R>,
): RouteHandler<O, N> {
  const serve = createServer<GatewayRequest>(operation);
  const connected = connection(needs);
  const responses = once(async () => {
    // Loaded here: other operations must not wait for the SDK.
    const { responseStore, responsesTable } = await import('../idempotency/response-store.js');
    return responseStore(responsesTable(needs, connected));
  });
  // Starts while the function initializes; the first call reports an error.
  if (operation.idempotent && process.env.AWS_LAMBDA_FUNCTION_NAME) responses().catch(() => {});
  const clientIds = once(() => acceptedClients(operation));

  async function run(
    event: RouteEvent,
    context: Context | undefined,
    clients: () => Clients<N>,
    accepted: () => readonly string[] | undefined,
    store: () => Promise<ResponseStore>,
  ): Promise<APIGatewayProxyResult> {
    const payload = isHttpEvent(event) ? '2.0' : '1.0';
    const place = isHttpEvent(event) ? routeOf(operation, event) : HERE;
    if (!place.operation) {
      const { requestId, http } = (event as APIGatewayProxyEventV2).requestContext;
      return toResult(unmatchedResponse(place.allow, http.method, requestId), payload);
    }
    const request = isHttpEvent(event) ? fromHttpEvent(event, place.params) : fromRestEvent(event);
    const id = correlationIdOf(request);
    const service: Service<GatewayRequest> = {
      authorize: () => authorize(operation.auth, request, accepted()),
      implement: (input) => implement(input as RouteInput<O>, clients(), TOOLS) as Promise<AnyResponse>,
      checkResponse: assertResponseSize,
      idempotency: { store, caller: () => callerScope(operation, request) },
      failed: (error) =>
        logger().error('The operation failed', { error: error as Error, requestId: request.requestId }),
    };
    const response = await invoked(context, id, () => serve(request, service));
    return toResult(withCors(response, request.headers.origin), payload);
  }

  return Object.assign(
    async (event: RouteEvent, context: Context) => run(event, context, connected, clientIds, responses),
    {
      operation,
      needs,
      with: (clients: Clients<N>) => {
        const memory = once(async () => memoryResponses());
        return (event: RouteEvent, context?: Context) =>
          run(
            event,
            context,
            () => clients,
            () => undefined,
            memory,
          );
      },
    },
  );
}

const TOOLS: RouteTools = {
  get logger() {
    return logger();
  },
};

/** Match of a REST API, which has found the operation by its path and method. */
const HERE = { operation: 'here', params: {} } as const;

function isHttpEvent(event: RouteEvent): event is APIGatewayProxyEventV2 {
  return 'version' in event && event.version === '2.0';
}

function acceptedClients(operation: Operation): readonly string[] {
  const ids = process.env[CLIENT_IDS_VARIABLE]?.split(',').filter(Boolean) ?? [];
  if (isUserAuth(operation.auth) && ids.length === 0) {
    throw new Error(
      `${CLIENT_IDS_VARIABLE} must have an app client, because the operation ${operation.method} ${operation.path} is for users. Deploy it with Api and \`users\`.`,
    );
  }
  return ids;
}
