import { deprecationHeaders } from '../contract/deprecation.js';
import { idempotencyOf } from '../contract/idempotency.js';
import type { Operation } from '../contract/operation.js';
import { ProblemError } from '../contract/problem.js';
import { unlessKnown } from './conditional.js';
import { canonical, type ResponseStore, servedOnce } from './idempotent.js';
import type { HttpRequest, HttpResponse } from './message.js';
import { negotiation } from './negotiation.js';
import { requestCheck } from './request-check.js';
import { type AnyResponse, Replies } from './response.js';

/** Who is behind a request, as handlers are told. */
export interface Authorized {
  readonly user: unknown;
  readonly caller: unknown;
  readonly context: unknown;
}

/** What differs between a function and a mock. */
export interface Service<Request extends HttpRequest> {
  /** @throws ProblemError when the operation is not for them */
  readonly authorize: (request: Request) => Authorized;
  readonly implement: (input: object) => Promise<AnyResponse>;
  /** A further check of what will be sent. @throws Error when it must not be */
  readonly checkResponse?: (reply: HttpResponse) => void;
  /** Where responses of an operation that is `idempotent` are kept, and who the caller is to whom a key belongs. */
  readonly idempotency?: {
    readonly store: () => Promise<ResponseStore>;
    readonly caller: (request: Request) => string;
  };
  /** Told of an error that is not an answer: it must be logged, as the caller learns nothing of it. */
  readonly failed: (error: unknown) => void;
}

/**
 * What serves an operation, wherever it is served: authorizes, negotiates, parses and checks the request, runs the
 * handler, checks its reply against the contract. Every error becomes a problem.
 */
export function serving<Request extends HttpRequest>(
  operation: Operation,
): (request: Request, service: Service<Request>) => Promise<HttpResponse> {
  const check = requestCheck(operation);
  const negotiate = negotiation(operation);
  const replies = new Replies(operation);
  const terms = idempotencyOf(operation);
  const deprecation = Object.entries(deprecationHeaders(operation.deprecated));

  async function answer(
    request: Request,
    service: Service<Request>,
    correlationId: string,
  ): Promise<HttpResponse> {
    const { requestId } = request;
    const { user, caller, context } = service.authorize(request);
    const accepts = negotiate(request.headers.accept);
    const { params, query, headers, body, contentType, idempotencyKey, carried } = check(request);
    const input = {
      params,
      query,
      headers,
      body,
      contentType,
      idempotencyKey,
      accepts,
      user,
      caller,
      context,
      requestId,
      correlationId,
    };
    const serve = async () => {
      const reply = replies.of(await service.implement(input));
      service.checkResponse?.(reply);
      return reply;
    };
    const reply =
      terms && idempotencyKey !== undefined
        ? await once(
            request,
            service,
            idempotencyKey,
            [accepts ?? '', contentType ?? '', bodyOf(carried)],
            serve,
          )
        : await serve();
    if (accepts) append(reply.headers, 'vary', 'accept');
    return operation.method === 'GET' ? unlessKnown(request, reply) : reply;
  }

  /** Serves a request whose key the operation takes, once. */
  async function once(
    request: Request,
    { idempotency }: Service<Request>,
    key: string,
    content: readonly (string | Uint8Array)[],
    serve: () => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    if (!idempotency) throw new Error(`Nothing keeps the responses of ${operation.method} ${operation.path}`);
    const keyed = {
      scope: [operation.method, operation.path, idempotency.caller(request)],
      key,
      content: [canonical(request.params), canonical(request.query), ...content],
      expiresAfterSeconds: terms!.expiresAfterSeconds,
    };
    return servedOnce(await idempotency.store(), keyed, serve);
  }

  function refuse(error: unknown, request: Request, service: Service<Request>): HttpResponse {
    try {
      if (!(error instanceof ProblemError)) throw error;
      const reply = replies.ofProblem(error, request.requestId);
      if (error.status >= 500) service.failed(error);
      return reply;
    } catch (unknown) {
      service.failed(unknown);
      return replies.ofProblem(INTERNAL, request.requestId);
    }
  }

  return async (request, service) => {
    const correlationId = correlationIdOf(request);
    let reply: HttpResponse;
    try {
      reply = await answer(request, service, correlationId);
    } catch (error) {
      reply = refuse(error, request, service);
    }
    const { headers } = reply;
    // Nothing of an API is cached unless the handler says so: a shared cache must never keep one user's data.
    headers['cache-control'] ??= 'no-store';
    headers['x-content-type-options'] ??= 'nosniff';
    headers['x-correlation-id'] = correlationId;
    for (const [name, value] of deprecation) append(headers, name, value);
    // What a GET answers, without its body: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2
    return request.method === 'HEAD' ? { ...reply, body: '' } : reply;
  };
}

/** JSON that differs in the order of keys or in white space is the same. */
function bodyOf(carried: unknown): string | Uint8Array {
  return carried instanceof Uint8Array ? carried : (canonical(carried) ?? '');
}

function append(headers: Record<string, string>, name: string, value: string): void {
  headers[name] = headers[name] ? `${headers[name]}, ${value}` : value;
}

const INTERNAL = /* @__PURE__ */ new ProblemError({
  status: 500,
  title: 'Internal server error',
  detail: 'It is logged under this request id.',
});

/** The id of what the request is a part of: the caller's, when it is one that a log can hold, or the request's own. */
export function correlationIdOf({ headers, requestId }: HttpRequest): string {
  const given = headers['x-correlation-id'];
  return given !== undefined && /^[\w.:/+=@-]{1,128}$/.test(given) ? given : requestId;
}
