import { isBinary } from '../contract/body.js';
import { takesKey } from '../contract/idempotency-key.js';
import type { Operation } from '../contract/operation.js';
import { PROBLEM_TYPE, responsesOf } from '../contract/responses.js';

/** Input of a call to any operation. */
export interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
  readonly timeout?: number;
}

/**
 * Returns the URL of a call: parameters are encoded, lists are repeated parameters, undefined values are omitted.
 *
 * @throws TypeError for a path parameter that is missing or that a URL cannot contain
 */
export function urlOf(baseUrl: string, { path }: Operation, { params = {}, query = {} }: AnyInput): string {
  const resolved = path.replace(/\{([^}]*)\}/g, (_, name: string) => {
    const value = params[name];
    // Browsers resolve dot segments, even encoded ones; an empty segment would be another path.
    if (value === undefined || value === null || /^\.{0,2}$/.test(String(value))) {
      throw new TypeError(`\`params.${name}\` must not be empty, "." or "..", got "${value ?? ''}"`);
    }
    return encodeURIComponent(String(value));
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of [value].flat()) {
      if (item !== undefined && item !== null) search.append(name, String(item));
    }
  }
  const text = search.toString();
  return `${baseUrl.replace(/\/$/, '')}${resolved}${text && `?${text}`}`;
}

/** Returns the method, headers and body of a call. */
export function initOf(operation: Operation, input: AnyInput): { headers: Headers } & RequestInit {
  const { body } = operation;
  const headers = new Headers({ accept: acceptOf(operation, input) });
  for (const [name, value] of Object.entries(input.headers ?? {})) {
    if (value !== undefined) headers.set(name, String(value));
  }
  if (takesKey(operation)) {
    headers.set('idempotency-key', input.idempotencyKey ?? crypto.randomUUID());
  }
  if (!body) return { method: operation.method, headers };
  const bytes = isBinary(body);
  const contentType = (bytes && (input.contentType ?? (input.body as Partial<Blob>).type)) || undefined;
  headers.set('content-type', bytes ? (contentType ?? body.contentTypes[0]!) : 'application/json');
  return {
    method: operation.method,
    headers,
    body: bytes ? (input.body as BodyInit) : JSON.stringify(input.body),
  };
}

/** Returns the `Accept` header. API Gateway uses its first type to decide whether to send bytes. */
function acceptOf(operation: Operation, { accept }: AnyInput): string {
  const types = [...responsesOf(operation)]
    .filter(([status]) => status < 400)
    .flatMap(([, { content }]) => [...content.keys()]);
  return [...new Set([...(accept ? [accept] : types), PROBLEM_TYPE])].join(', ');
}
