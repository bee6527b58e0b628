import type { ProblemKind } from '../contract/define-problem.js';
import { REPLAYED_HEADER } from '../contract/idempotency-key.js';
import {
  IdempotencyKeyInUse,
  IdempotencyKeyReused,
  IdempotencyResponseNotKept,
} from '../contract/idempotency-problems.js';
import { ProblemError } from '../contract/problem.js';
import type { HttpResponse } from './message.js';

/** A request with an idempotency key. */
export interface KeyedRequest {
  /** Namespace of the key: the operation and the caller. */
  readonly scope: readonly string[];
  readonly key: string;
  /** Content that a repeated request must share: its path, query and body. */
  readonly content: readonly (string | Uint8Array)[];
  /** Retention of the response, in seconds. */
  readonly expiresAfterSeconds: number;
}

/** State of a request's idempotency key. */
export type RequestState =
  /** First request: it counts as running until `finish` or `abandon` is called. */
  | {
      readonly status: 'new';
      /** Stores the response. It never throws, because the work is done. @returns the response to send */
      finish(response: HttpResponse): Promise<HttpResponse>;
      /** Deletes the record, so that the request may run again. It never throws. */
      abandon(): Promise<void>;
    }
  | { readonly status: 'running'; readonly retryAfterSeconds: number }
  | { readonly status: 'other' }
  | { readonly status: 'unkept' }
  | { readonly status: 'done'; readonly response: HttpResponse };

/** Store of responses by the idempotency keys of their requests. */
export interface ResponseStore {
  begin(request: KeyedRequest): Promise<RequestState>;
}

/**
 * Serves the first request with a key; for a repeated request, returns the stored response.
 *
 * Responses with a status from 200 to 499 are stored. An error, a thrown problem and a 5xx are not: the request may be
 * repeated.
 *
 * @throws ProblemError 409 while the first request runs, and when its response was not stored; 422 when the key was
 *   used for a different request
 */
export async function serveOnce(
  store: ResponseStore,
  request: KeyedRequest,
  serve: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const state = await store.begin(request);
  switch (state.status) {
    case 'done':
      return { ...state.response, headers: { ...state.response.headers, [REPLAYED_HEADER]: 'true' } };
    case 'running':
      throw problem(IdempotencyKeyInUse, 'Repeat the request later to get the response of the first one.', {
        'retry-after': String(state.retryAfterSeconds),
      });
    case 'unkept':
      throw problem(
        IdempotencyResponseNotKept,
        'The request was not run again. Read the resource to see its effect.',
      );
    case 'other':
      throw problem(
        IdempotencyKeyReused,
        'Use a new key for a different request, or repeat the first request unchanged.',
      );
  }
  let response: HttpResponse;
  try {
    response = await serve();
  } catch (error) {
    await state.abandon();
    throw error;
  }
  if (response.status < 500) return state.finish(response);
  await state.abandon();
  return response;
}

function problem(kind: ProblemKind, detail: string, headers: Record<string, string> = {}): ProblemError {
  const { type, title, status } = kind;
  return new ProblemError({ type, title, status, detail, headers });
}

/** Returns JSON with sorted keys, so that equal values have equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const fields = part as Readonly<Record<string, unknown>>;
    // `fromEntries` defines properties, so the key `__proto__` is kept.
    return Object.fromEntries(
      Object.keys(fields)
        .sort()
        .map((name) => [name, fields[name]]),
    );
  }) as string;
}
