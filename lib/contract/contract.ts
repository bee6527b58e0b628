import type * as z from 'zod';
import type { Auth } from './auth.js';
import type { Body } from './body.js';
import { contradictions } from './contradictions.js';
import type { ProblemKind } from './define-problem.js';
import type { Deprecation } from './deprecation.js';
import type { Idempotent } from './idempotent.js';
import type { Examples, OperationResponse } from './responses.js';

export type { Reply, RouteInput } from './handler-types.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One operation of an API: what it takes, what it answers and who may call it. */
export interface Operation {
  readonly method: Method;
  /** The path with its parameters in braces, as in `/products/{productId}`. */
  readonly path: `/${string}`;
  /** Who may call it. There is no default: an operation is public because somebody wrote so. */
  readonly auth: Auth;
  /** Whether the caller must send an API key in `x-api-key`, too: it tells callers apart for their limits, and proves nothing. */
  readonly apiKey?: boolean;
  /** One line for people; the title of the operation in the API's documentation. */
  readonly summary?: string;
  /** A paragraph or more in Markdown. */
  readonly description?: string;
  /**
   * That it should no longer be used, and since when. Callers are told by the headers `Deprecation` (RFC 9745) and
   * `Sunset` (RFC 8594), readers by the documentation.
   */
  readonly deprecated?: true | Deprecation;
  /** Schemas of path parameters that are narrower than "a string". */
  readonly params?: z.ZodObject;
  /** The query string. Every value arrives as text: use `z.coerce` for numbers. */
  readonly query?: z.ZodObject;
  /** Headers of the request, by lower-case names. Every value arrives as text; others may be sent, too. */
  readonly headers?: z.ZodObject;
  /**
   * The JSON body, or bytes (`binary`). Objects refuse properties that they do not declare, unless made with
   * `z.looseObject`.
   */
  readonly body?: Body;
  /** Examples of the body by name, as they are sent; they are checked when the contract is defined. */
  readonly examples?: Examples;
  /**
   * That a repeated request has the effect of one, by its `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header).
   * The handler runs for the first request; one with the same key, of the same caller and with the same content, gets
   * the first one's response, with the header `idempotent-replayed: true`. While the first runs it gets 409 with
   * `Retry-After`; with other content 422. Responses of 200 to 499 that the handler returns are kept; after an error
   * that it throws, or a 5xx, the key is free again. Clients make keys, and repeat calls that failed for the moment.
   */
  readonly idempotent?: true | Idempotent;
  /**
   * That the caller must send an `Idempotency-Key` header, of which the handler makes what it likes; clients make one
   * and may then retry. A key alone says nothing of who sent it: one caller must never get what another one's key
   * made. `idempotent` takes care of all that.
   */
  readonly idempotencyKey?: true;
  /**
   * What it answers on purpose, by status. What any operation may be refused with goes without saying, always as a
   * `Problem`: 400, 401, 403, 406, 413, 415, 429, 500, 502, 503 and 504.
   */
  readonly responses: { readonly [status: number]: OperationResponse };
  /** The problems that it answers, made with `defineProblem`; handlers throw them. */
  readonly errors?: readonly ProblemKind[];
}

export type Operations = { readonly [name: string]: Operation };

export interface ApiInfo {
  /** Lower-case name of the service, as in `products`; it names outputs, metrics and the address. */
  readonly name: string;
  /** Version of the contract (semantic versioning). */
  readonly version: string;
  readonly title?: string;
  readonly description?: string;
}

export const apiInfo: unique symbol = Symbol.for('cdk-trellis.apiInfo') as never;

/** The operations of an API, by name, and what the API is called. */
export type Contract<C extends Operations = Operations> = C & { readonly [apiInfo]: ApiInfo };

/**
 * Declares an API: the one place that says what a service takes, answers and who may call it.
 * The API Gateway definition, the handlers' types and checks, the documentation and the client derive from it.
 *
 * @throws Error naming every operation that contradicts itself or another one.
 * @example
 * import * as z from 'zod';
 * import { defineApi, Problem } from 'cdk-trellis/contract';
 *
 * const Order = z.object({ orderId: z.string(), quantity: z.int().positive() });
 *
 * export const ordersApi = defineApi({ name: 'orders', version: '1.0.0' }, {
 *   getOrder: {
 *     method: 'GET',
 *     path: '/orders/{orderId}',
 *     auth: 'user',
 *     responses: { 200: Order, 404: Problem },
 *   },
 * });
 */
export function defineApi<const C extends Operations>(info: ApiInfo, operations: C): Contract<C> {
  // In Lambda and in a browser's bundle, a contract is one that synth and tests have checked: there it costs nothing.
  // Written so that bundlers leave the checks out.
  if (
    typeof process === 'object' &&
    process.env.NODE_ENV !== 'production' &&
    !process.env.AWS_LAMBDA_FUNCTION_NAME
  ) {
    const problems = contradictions(info, operations);
    if (problems.length > 0) {
      throw new Error(`The contract of API "${info.name}" cannot be served:\n- ${problems.join('\n- ')}`);
    }
  }
  return Object.freeze({ ...operations, [apiInfo]: Object.freeze({ ...info }) }) as Contract<C>;
}
