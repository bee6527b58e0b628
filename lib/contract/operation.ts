import type * as z from 'zod';
import type { Auth } from './auth.js';
import type { Body } from './body.js';
import type { ProblemKind } from './define-problem.js';
import type { Deprecation } from './deprecation.js';
import type { Idempotent } from './idempotency-options.js';
import type { Examples, OperationResponse } from './response-declaration.js';

/** HTTP methods of operations. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Operation of an API: its request, its responses and its callers. */
export interface Operation {
  readonly method: Method;
  /** Path with parameters in braces, for example `/products/{productId}`. */
  readonly path: `/${string}`;
  /** Allowed callers. Required: an operation is never public by default. */
  readonly auth: Auth;
  /** Requires an API key in `x-api-key` as well: it identifies callers for usage plans, and does not authenticate them. @default false */
  readonly apiKey?: boolean;
  /** Title of the operation in the API's documentation; one line. */
  readonly summary?: string;
  /** Description of the operation in the API's documentation, in Markdown. */
  readonly description?: string;
  /**
   * Marks the operation as deprecated, in the headers `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) and in the
   * documentation.
   */
  readonly deprecated?: true | Deprecation;
  /** Schemas of path parameters; a parameter without a schema is a string. */
  readonly params?: z.ZodObject;
  /** Query string. Every value arrives as text: use `z.coerce` for numbers. */
  readonly query?: z.ZodObject;
  /** Headers of the request, by lower-case names. Every value arrives as text. Undeclared headers are ignored. */
  readonly headers?: z.ZodObject;
  /**
   * JSON body, or bytes (`binary`). Undeclared properties of objects are rejected, except in `z.looseObject`.
   */
  readonly body?: Body;
  /** Examples of the body by name, as they are sent; `defineApi` validates them. */
  readonly examples?: Examples;
  /**
   * Runs the handler once per `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header). A repeated request,
   * with the same key, caller and content, gets the response of the first, with the header `idempotent-replayed: true`.
   * While the first runs, it gets 409 with `Retry-After`; with different content it gets 422. Returned responses with a
   * status from 200 to 499 are stored; after a thrown error or a 5xx the request may be repeated. Clients create the keys
   * and retry calls after transient failures.
   */
  readonly idempotent?: true | Idempotent;
  /**
   * Requires an `Idempotency-Key` header and passes it to the handler, which implements idempotency itself; clients
   * create the key and may then retry. The key does not identify its sender: a handler must never return one caller's
   * result to another. Prefer `idempotent`, which ensures that.
   */
  readonly idempotencyKey?: true;
  /**
   * Responses by status. Every operation may also return a `Problem` with 400, 401, 403, 406, 413, 415, 429, 500, 502,
   * 503 or 504, which need not be declared.
   */
  readonly responses: { readonly [status: number]: OperationResponse };
  /** Problems of the operation, created with `defineProblem`; handlers throw them. */
  readonly errors?: readonly ProblemKind[];
}

/** Operations by name. */
export type Operations = { readonly [name: string]: Operation };
