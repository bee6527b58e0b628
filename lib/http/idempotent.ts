import type { ProblemKind } from '../contract/define-problem.js';
import { REPLAYED_HEADER } from '../contract/idempotency.js';
import {
  IdempotencyKeyInUse,
  IdempotencyKeyReused,
  IdempotencyResponseNotKept,
} from '../contract/idempotency-problems.js';
import { ProblemError } from '../contract/problem.js';
import type { HttpResponse } from './message.js';

/** A request with an idempotency key. */
export interface KeyedRequest {
  /** What the key is unique in: the operation and the caller. */
  readonly scope: readonly string[];
  readonly key: string;
  /** What makes another request with the key the same: its path, query and body. */
  readonly content: readonly (string | Uint8Array)[];
  /** For how long its response is kept, in seconds. */
  readonly expiresAfterSeconds: number;
}

/** What is known of a request. */
export type KnownRequest =
  /** It is the first one: it runs until one of the two is called. */
  | {
      readonly status: 'new';
      /** Keeps the response. It never throws: the work is done. @returns the response to send */
      finish(reply: HttpResponse): Promise<HttpResponse>;
      /** Forgets the request, which then may run again. It never throws. */
      abandon(): Promise<void>;
    }
  | { readonly status: 'running'; readonly retryAfterSeconds: number }
  | { readonly status: 'other' }
  | { readonly status: 'unkept' }
  | { readonly status: 'done'; readonly reply: HttpResponse };

/** Remembers responses by the keys of their requests. */
export interface ResponseStore {
  begin(request: KeyedRequest): Promise<KnownRequest>;
}

/**
 * Serves a request unless it was served before: then its response of that time is sent again.
 *
 * Responses of 200 to 499 are kept. What fails may be repeated: an error, a problem that is thrown, a 5xx.
 *
 * @throws ProblemError 409 while the first request runs, and when its response was not kept; 422 for another request
 */
export async function servedOnce(
  store: ResponseStore,
  request: KeyedRequest,
  serve: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const known = await store.begin(request);
  switch (known.status) {
    case 'done':
      return { ...known.reply, headers: { ...known.reply.headers, [REPLAYED_HEADER]: 'true' } };
    case 'running':
      throw problem(IdempotencyKeyInUse, 'Repeat it later: you get the response of the first one.', {
        'retry-after': String(known.retryAfterSeconds),
      });
    case 'unkept':
      throw problem(IdempotencyResponseNotKept, 'It is not done again. Read what it has changed.');
    case 'other':
      throw problem(
        IdempotencyKeyReused,
        'Send another request with another key, or the same one unchanged.',
      );
  }
  let reply: HttpResponse;
  try {
    reply = await serve();
  } catch (error) {
    await known.abandon();
    throw error;
  }
  if (reply.status < 500) return known.finish(reply);
  await known.abandon();
  return reply;
}

function problem(kind: ProblemKind, detail: string, headers: Record<string, string> = {}): ProblemError {
  const { type, title, status } = kind;
  return new ProblemError({ type, title, status, detail, headers });
}

/** A text of a JSON value that does not depend on the order of its keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const fields = part as Readonly<Record<string, unknown>>;
    // `fromEntries` defines properties: a key `__proto__` is one like any other.
    return Object.fromEntries(
      Object.keys(fields)
        .sort()
        .map((name) => [name, fields[name]]),
    );
  }) as string;
}
