import type * as z from 'zod';
import type { Auth } from './auth.js';
import type { Body } from './body.js';
import type { ProblemKind } from './define-problem.js';
import type { Deprecation } from './deprecation.js';
import type { Idempotent } from './idempotent.js';
import type { Examples, OperationResponse } from './response-declaration.js';

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
