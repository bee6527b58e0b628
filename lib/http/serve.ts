import { deprecationHeaders } from '../contract/deprecation.js';
import { idempotencyOf } from '../contract/idempotency-key.js';
import type { Operation } from '../contract/operation.js';
import { ProblemError } from '../contract/problem.js';
import { applyIfNoneMatch } from './conditional.js';
import type { HttpRequest, HttpResponse } from './message.js';
import { createNegotiator } from './negotiation.js';
import { PROBLEMS } from './problems.js';
import { createRequestValidator } from './request-check.js';
import { type AnyResponse, ResponseSerializer } from './response.js';
import { canonical, type ResponseStore, serveOnce } from './serve-once.js';

/** Identity of the caller, as handlers receive it. */
export interface Authorized {
  readonly user: unknown;
  readonly caller: unknown;
  readonly context: unknown;
}

/** Dependencies of an operation's server, which differ between a function and a mock. */
export interface Service<Request extends HttpRequest> {
  /** Returns the caller. @throws ProblemError when the operation does not allow it */
  readonly authorize: (request: Request) => Authorized;
  readonly implement: (input: object) => Promise<AnyResponse>;
  /** Validates the serialized response. @throws Error for a response that must not be sent */
  readonly checkResponse?: (response: HttpResponse) => void;
  /** Store of an `idempotent` operation's responses, and the owner of a request's key. */
  readonly idempotency?: {
    readonly store: () => Promise<ResponseStore>;
    readonly caller: (request: Request) => string;
  };
  /** Receives an error that the caller gets no details of: it must be logged. */
  readonly failed: (error: unknown) => void;
}

/**
 * Creates the server of an operation, for functions and mocks: authorizes, negotiates, parses and validates the request,
 * runs the handler, validates its response. Every error becomes a problem.
 */
export function createServer<Request extends HttpRequest>(
  operation: Operation,
): (request: Request, service: Service<Request>) => Promise<HttpResponse> {
  const validate = createRequestValidator(operation);
  const negotiate = createNegotiator(operation);
  const serializer = new ResponseSerializer(operation);
  const terms = idempotencyOf(operation);
  const deprecation = Object.entries(deprecationHeaders(operation.deprecated));

  async function respond(
    request: Request,
    service: Service<Request>,
    correlationId: string,
  ): Promise<HttpResponse> {
    const { requestId } = request;
    const { user, caller, context } = service.authorize(request);
    const accepts = negotiate(request.headers.accept);
    const { params, query, headers, body, contentType, idempotencyKey, rawBody } = validate(request);
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
      const response = serializer.serialize(await service.implement(input));
      service.checkResponse?.(response);
      return response;
    };
    const response =
      terms && idempotencyKey !== undefined
        ? await once(
            request,
            service,
            idempotencyKey,
            [accepts ?? '', contentType ?? '', bodyOf(rawBody)],
            serve,
          )
        : await serve();
    if (accepts) append(response.headers, 'vary', 'accept');
    return operation.method === 'GET' ? applyIfNoneMatch(request, response) : response;
  }

  /** Serves a request with an idempotency key once. */
  async function once(
    request: Request,
    { idempotency }: Service<Request>,
    key: string,
    content: readonly (string | Uint8Array)[],
    serve: () => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    if (!idempotency)
      throw new Error(`No response store for ${operation.method} ${operation.path} (internal error)`);
    const keyed = {
      scope: [operation.method, operation.path, idempotency.caller(request)],
      key,
      content: [canonical(request.params), canonical(request.query), ...content],
      expiresAfterSeconds: terms!.expiresAfterSeconds,
    };
    return serveOnce(await idempotency.store(), keyed, serve);
  }

  function respondWithProblem(error: unknown, request: Request, service: Service<Request>): HttpResponse {
    try {
      if (!(error instanceof ProblemError)) throw error;
      const response = serializer.serializeProblem(error, request.requestId);
      if (error.status >= 500) service.failed(error);
      return response;
    } catch (unexpected) {
      service.failed(unexpected);
      return serializer.serializeProblem(INTERNAL, request.requestId);
    }
  }

  return async (request, service) => {
    const correlationId = correlationIdOf(request);
    let response: HttpResponse;
    try {
      response = await respond(request, service, correlationId);
    } catch (error) {
      response = respondWithProblem(error, request, service);
    }
    const { headers } = response;
    // Not cached unless the handler sets the header: a shared cache must never keep one user's data.
    headers['cache-control'] ??= 'no-store';
    headers['x-content-type-options'] ??= 'nosniff';
    headers['x-correlation-id'] = correlationId;
    for (const [name, value] of deprecation) append(headers, name, value);
    // The response to GET without its body: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2
    return request.method === 'HEAD' ? { ...response, body: '' } : response;
  };
}

/** Returns the body for comparison: the order of keys and white space in JSON do not matter. */
function bodyOf(rawBody: unknown): string | Uint8Array {
  return rawBody instanceof Uint8Array ? rawBody : (canonical(rawBody) ?? '');
}

function append(headers: Record<string, string>, name: string, value: string): void {
  headers[name] = headers[name] ? `${headers[name]}, ${value}` : value;
}

const INTERNAL = /* @__PURE__ */ new ProblemError({
  ...PROBLEMS.internalError,
  detail: 'The error is logged with this request id.',
});

/** Returns the caller's correlation id if it is safe to log, otherwise the request id. */
export function correlationIdOf({ headers, requestId }: HttpRequest): string {
  const id = headers['x-correlation-id'];
  return id !== undefined && /^[\w.:/+=@-]{1,128}$/.test(id) ? id : requestId;
}
