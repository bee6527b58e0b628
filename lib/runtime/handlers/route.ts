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
import type { ResponseStore } from '../../http/idempotent.js';
import { memoryResponses } from '../../http/memory-responses.js';
import type { AnyResponse } from '../../http/response.js';
import { unmatchedResponse } from '../../http/router.js';
import { correlationIdOf, createServer, type Service } from '../../http/serve.js';
import { fromHttpEvent, routeOf } from '../gateway/http-request.js';
import { fromRestEvent, type GatewayRequest } from '../gateway/rest-request.js';
import { refuseTooLarge, toResult } from '../gateway/result.js';
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
   * The same handler with clients of your own, for unit tests; it accepts tokens of every app client. The responses of
   * an operation that is `idempotent` are kept in memory, by what this returned.
   */
  with(clients: Clients<N>): (event: RouteEvent, context?: Context) => Promise<APIGatewayProxyResult>;
}

/** What invokes a function: a REST API (payload 1.0), or an HTTP API or a function URL (payload 2.0). */
export type RouteEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2;

/** What a handler has besides its input and its clients. */
export interface RouteTools {
  /** Powertools' logger of this request: every line has the request's id and its correlation id; its keys end with the request. */
  readonly logger: Logger;
}

/**
 * Implements an operation of a contract.
 *
 * Authorizes the caller (401, 403), parses and checks the request (400 with every error and where it is), runs
 * `implement`, checks its reply against the contract and sends it. A problem becomes its reply if the contract declares
 * its status; any other error, and a reply that breaks the contract, becomes a 500 that tells nothing, and is logged
 * with the request's id.
 *
 * An operation that is `idempotent` runs once for a key; a repeated request gets the first one's response.
 *
 * HEAD is answered like GET, without the body. A GET that answers 200 with an `etag` header answers 304 to who has it
 * (`If-None-Match`). The caller's `x-correlation-id`, or else the request's id, is in every log line and in the reply.
 *
 * Lambda answers 6 MB at most and API Gateway waits 29 seconds, https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html;
 * a reply that is larger is a 500, logged.
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
    // Loaded here: an operation that is not idempotent does not wait for the SDK.
    const { responseStore, responsesTable } = await import('../idempotency/response-store.js');
    return responseStore(responsesTable(needs, connected));
  });
  // While the function initializes; whoever calls it is told of an error.
  if (operation.idempotent && process.env.AWS_LAMBDA_FUNCTION_NAME) responses().catch(() => {});
  const clientIds = once(() => acceptedClients(operation));

  async function run(
    event: RouteEvent,
    context: Context | undefined,
    given: () => Clients<N>,
    accepted: readonly string[] | undefined,
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
      authorize: () => authorize(operation.auth, request, accepted),
      implement: (input) => implement(input as RouteInput<O>, given(), TOOLS) as Promise<AnyResponse>,
      checkResponse: refuseTooLarge,
      idempotency: { store, caller: () => callerScope(operation, request) },
      failed: (error) =>
        logger().error('The operation failed', { error: error as Error, requestId: request.requestId }),
    };
    const reply = await invoked(context, id, () => serve(request, service));
    return toResult(withCors(reply, request.headers.origin), payload);
  }

  return Object.assign(
    async (event: RouteEvent, context: Context) => run(event, context, connected, clientIds(), responses),
    {
      operation,
      needs,
      with: (own: Clients<N>) => {
        const memory = once(async () => memoryResponses());
        return (event: RouteEvent, context?: Context) => run(event, context, () => own, undefined, memory);
      },
    },
  );
}

const TOOLS: RouteTools = {
  get logger() {
    return logger();
  },
};

/** A REST API has found the operation by its path and method. */
const HERE = { operation: 'here', params: {} } as const;

function isHttpEvent(event: RouteEvent): event is APIGatewayProxyEventV2 {
  return 'version' in event && event.version === '2.0';
}

function acceptedClients(operation: Operation): readonly string[] {
  const ids = process.env[CLIENT_IDS_VARIABLE]?.split(',').filter(Boolean) ?? [];
  if (isUserAuth(operation.auth) && ids.length === 0) {
    throw new Error(
      `The operation ${operation.method} ${operation.path} is for users, but ${CLIENT_IDS_VARIABLE} names no app client. Deploy it with Api and \`users\`..`,
    );
  }
  return ids;
}
