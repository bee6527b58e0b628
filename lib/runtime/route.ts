import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import * as z from 'zod';
import type { Operation, Reply, RouteInput } from '../contract/contract.js';
import { ProblemError, problemBody } from '../contract/problem.js';
import { strict } from '../contract/strict.js';
import { authorize, CLIENT_IDS_VARIABLE } from './authorize.js';
import { readJson } from './json-body.js';
import { withLists } from './lists.js';
import { type Clients, connection, type Needs } from './need.js';
import { fromRestEvent, type HttpRequest } from './rest-request.js';

/** The Lambda handler of one operation. */
export interface RouteHandler<O extends Operation, N extends Needs> {
  (event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult>;
  readonly operation: O;
  readonly needs: N;
  /** The same handler with clients of your own, for unit tests; it accepts tokens of every app client. */
  with(
    clients: Clients<N>,
  ): (event: APIGatewayProxyEvent, context?: Context) => Promise<APIGatewayProxyResult>;
}

/**
 * Implements an operation of a contract.
 *
 * Parses and checks the request (400 with every mistake and where it is), authorizes the caller (401, 403), runs
 * `implement`, checks its reply against the contract and sends it. A `ProblemError` becomes its reply; any other
 * error becomes a 500 that tells nothing, and is logged with the request's id.
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
export function route<O extends Operation, const N extends Needs, const R extends Reply<O>>(
  operation: O,
  needs: N,
  implement: (input: RouteInput<O>, clients: Clients<N>) => Promise<R>,
): RouteHandler<O, N> {
  const { query: queryShape = z.object({}) } = operation;
  const schemas = {
    params: operation.params?.loose(),
    query: strict(queryShape),
    body: operation.body && strict(operation.body),
  };
  const logger = new Logger();
  const connected = connection(needs);

  async function answer(
    event: APIGatewayProxyEvent,
    context: Context | undefined,
    given: () => Clients<N>,
    clientIds: readonly string[] | undefined,
  ): Promise<APIGatewayProxyResult> {
    if (context) logger.addContext(context);
    let requestId = event.requestContext?.requestId ?? 'unknown';
    try {
      const request = fromRestEvent(event);
      requestId = request.requestId;
      const user = authorize(operation.auth, request.claims, clientIds);
      const input = { ...checked(request), user, headers: request.headers, requestId };
      const reply = await implement(input as RouteInput<O>, given());
      return send(operation, reply);
    } catch (error) {
      if (error instanceof ProblemError && error.status < 500) return refuse(error, requestId);
      logger.error('The operation failed', { error: error as Error, requestId });
      return refuse(
        error instanceof ProblemError
          ? error
          : new ProblemError({
              status: 500,
              title: 'Internal server error',
              detail: 'It is logged under this request id.',
            }),
        requestId,
      );
    }
  }

  function checked(request: HttpRequest): { params: unknown; query: unknown; body: unknown } {
    const mistakes: Mistake[] = [];
    const params = check(schemas.params, request.params, 'path', mistakes);
    const query = check(schemas.query, withLists(queryShape, request.query), 'query', mistakes);
    const body =
      schemas.body &&
      check(schemas.body, readJson(request.body, request.headers['content-type']), 'body', mistakes);
    if (mistakes.length > 0) {
      throw new ProblemError({
        status: 400,
        title: 'The request is not valid',
        detail: mistakes.map(({ in: place, path, message }) => `${place}${path}: ${message}`).join('; '),
        extensions: { errors: mistakes },
      });
    }
    return { params, query, body };
  }

  return Object.assign(
    (event: APIGatewayProxyEvent, context: Context) =>
      answer(event, context, connected, acceptedClients(operation)),
    {
      operation,
      needs,
      with: (own: Clients<N>) => (event: APIGatewayProxyEvent, context?: Context) =>
        answer(event, context, () => own, undefined),
    },
  );
}

interface Mistake {
  readonly in: 'path' | 'query' | 'body';
  /** Where in it, as in `.lines[0].quantity`. */
  readonly path: string;
  readonly message: string;
}

function check(
  schema: z.ZodType | undefined,
  value: unknown,
  place: Mistake['in'],
  mistakes: Mistake[],
): unknown {
  if (!schema) return value;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
    mistakes.push({ in: place, path, message: issue.message });
  }
  return undefined;
}

function acceptedClients(operation: Operation): readonly string[] {
  const ids = process.env[CLIENT_IDS_VARIABLE]?.split(',').filter(Boolean) ?? [];
  if (operation.auth !== 'public' && ids.length === 0) {
    throw new Error(
      `The operation ${operation.method} ${operation.path} is not public, but ${CLIENT_IDS_VARIABLE} names no app client. Deploy it with Api and \`users\`.`,
    );
  }
  return ids;
}

/** Nothing of an API is cached unless the handler says so: a shared cache must never keep one user's data. */
const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

function send(
  operation: Operation,
  reply: { status: number; body?: unknown; headers?: Readonly<Record<string, string>> },
): APIGatewayProxyResult {
  const schema = operation.responses[reply.status];
  if (!schema) {
    throw new Error(
      `The handler of ${operation.method} ${operation.path} answered ${reply.status}, which its contract does not declare`,
    );
  }
  const result = schema.safeParse(reply.body);
  if (!result.success) {
    throw new Error(
      `The handler of ${operation.method} ${operation.path} answered ${reply.status} with a body that breaks its contract: ${result.error.message}`,
    );
  }
  const contentType = reply.status >= 400 ? 'application/problem+json' : 'application/json';
  // In lower case, or a default would be sent next to the handler's own.
  const own = Object.entries(reply.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const body: string | undefined = JSON.stringify(result.data);
  return {
    statusCode: reply.status,
    headers: { ...(body && { 'content-type': contentType }), ...HEADERS, ...Object.fromEntries(own) },
    body: body ?? '',
  };
}

function refuse(error: ProblemError, requestId: string): APIGatewayProxyResult {
  return {
    statusCode: error.status,
    headers: { 'content-type': 'application/problem+json', ...HEADERS },
    body: JSON.stringify(problemBody(error.details, requestId)),
  };
}
