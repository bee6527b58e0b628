import * as z from 'zod';
import { isBinary } from '../contract/body.js';
import { keyOf } from '../contract/idempotency.js';
import type { Operation } from '../contract/operation.js';
import { ProblemError } from '../contract/problem.js';
import { strict } from '../contract/strict.js';
import { readBody } from './body.js';
import { listsOf, withLists } from './lists.js';
import type { HttpRequest } from './message.js';

/** What is wrong with a request, and where. */
export interface RequestError {
  readonly in: 'path' | 'query' | 'header' | 'body';
  /** Where in it, as in `.lines[0].quantity`. */
  readonly path: string;
  readonly message: string;
}

export interface CheckedRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
  readonly contentType: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** The body before its schema has parsed it: JSON as it arrived, or bytes. */
  readonly carried: unknown;
}

/**
 * The check of an operation's requests: parses and coerces what the contract declares.
 *
 * @returns a function that throws ProblemError: 400 with every error and its place, 413 and 415 for the body
 */
export function requestCheck(operation: Operation): (request: HttpRequest) => CheckedRequest {
  const { params, query = z.object({}), headers, body } = operation;
  const schemas = {
    params: params?.loose(),
    query: strict(query),
    body: body && !isBinary(body) ? strict(body) : undefined,
  };
  const lists = listsOf(query);
  const key = keyOf(operation);
  return (request) => {
    const errors: RequestError[] = [];
    const carried = readBody(body, request);
    const checked = {
      params: check(schemas.params, decoded(request.params), 'path', errors),
      query: check(schemas.query, withLists(lists, request.query), 'query', errors),
      headers: check(headers, request.headers, 'header', errors),
      body: check(schemas.body, carried.value, 'body', errors),
      contentType: carried.contentType,
      idempotencyKey: key && idempotencyKeyOf(request, key, errors),
      carried: carried.value,
    };
    if (errors.length > 0) throw invalid(errors);
    return checked;
  };
}

function invalid(errors: readonly RequestError[]): ProblemError {
  return new ProblemError({
    status: 400,
    title: 'The request is not valid',
    detail: errors.map(({ in: place, path, message }) => `${place}${path}: ${message}`).join('; '),
    extensions: { errors },
  });
}

function check(
  schema: z.ZodType | undefined,
  value: unknown,
  place: RequestError['in'],
  errors: RequestError[],
): unknown {
  if (!schema) return value;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
    errors.push({ in: place, path, message: issue.message });
  }
  return undefined;
}

/** A key may be sent as it is, or in quotation marks as the IETF's draft has it. */
function idempotencyKeyOf(
  { headers }: HttpRequest,
  kind: 'required' | 'optional',
  errors: RequestError[],
): string | undefined {
  if (kind === 'optional' && headers['idempotency-key'] === undefined) return undefined;
  const key = /^"?([\x21\x23-\x7e]{1,255}?)"?$/.exec(headers['idempotency-key'] ?? '')?.[1];
  if (!key) {
    const message = 'expected a key of 1 to 255 visible characters, the same when the request is repeated';
    errors.push({ in: 'header', path: '.idempotency-key', message });
  }
  return key;
}

function decoded(params: HttpRequest['params']): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    try {
      values[name] = value.includes('%') ? decodeURIComponent(value) : value;
    } catch {
      throw new ProblemError({
        status: 400,
        title: 'The path is not a valid URL',
        detail: `"${value}" has a "%" that is not followed by two hexadecimal digits of UTF-8 text.`,
      });
    }
  }
  return values;
}
