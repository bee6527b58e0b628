import * as z from 'zod';
import { isBinary } from '../contract/body.js';
import { fieldPath } from '../contract/field-path.js';
import { keyOf } from '../contract/idempotency-key.js';
import type { Operation } from '../contract/operation.js';
import { ProblemError } from '../contract/problem.js';
import { strict } from '../contract/strict.js';
import { readBody } from './body.js';
import { listsOf, withLists } from './lists.js';
import type { HttpRequest } from './message.js';
import { PROBLEMS } from './problems.js';

/** Validation error of a request. */
export interface RequestError {
  readonly in: 'path' | 'query' | 'header' | 'body';
  /** Path of the value, for example `.lines[0].quantity`. */
  readonly path: string;
  readonly message: string;
}

/** Request that matches its contract, parsed. */
export interface ValidRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
  readonly contentType: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** Body before its schema is applied: the JSON value, or bytes. */
  readonly rawBody: unknown;
}

/**
 * Creates the validation of an operation's requests, which parses and coerces all that the contract declares.
 *
 * @returns a function that throws ProblemError: 400 with every error and its path, 413 and 415 for the body
 */
export function createRequestValidator(operation: Operation): (request: HttpRequest) => ValidRequest {
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
    const read = readBody(body, request);
    const valid = {
      params: parse(schemas.params, decodeParams(request.params), 'path', errors),
      query: parse(schemas.query, withLists(lists, request.query), 'query', errors),
      headers: parse(headers, request.headers, 'header', errors),
      body: parse(schemas.body, read.value, 'body', errors),
      contentType: read.contentType,
      idempotencyKey: key && idempotencyKeyOf(request, key, errors),
      rawBody: read.value,
    };
    if (errors.length > 0) throw invalid(errors);
    return valid;
  };
}

function invalid(errors: readonly RequestError[]): ProblemError {
  return new ProblemError({
    ...PROBLEMS.invalidRequest,
    detail: errors.map(({ in: source, path, message }) => `${source}${path}: ${message}`).join('; '),
    extensions: { errors },
  });
}

function parse(
  schema: z.ZodType | undefined,
  value: unknown,
  source: RequestError['in'],
  errors: RequestError[],
): unknown {
  if (!schema) return value;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    errors.push({ in: source, path: fieldPath(issue.path), message: issue.message });
  }
  return undefined;
}

/** Returns the key, sent as it is or in quotation marks (IETF draft-ietf-httpapi-idempotency-key-header). */
function idempotencyKeyOf(
  { headers }: HttpRequest,
  kind: 'required' | 'optional',
  errors: RequestError[],
): string | undefined {
  if (kind === 'optional' && headers['idempotency-key'] === undefined) return undefined;
  const key = /^"?([\x21\x23-\x7e]{1,255}?)"?$/.exec(headers['idempotency-key'] ?? '')?.[1];
  if (!key) {
    const message = 'expected 1 to 255 visible ASCII characters; repeat the key when you repeat the request';
    errors.push({ in: 'header', path: '.idempotency-key', message });
  }
  return key;
}

function decodeParams(params: HttpRequest['params']): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    try {
      values[name] = value.includes('%') ? decodeURIComponent(value) : value;
    } catch {
      throw new ProblemError({
        ...PROBLEMS.invalidPath,
        detail: `"${value}" is not percent-encoded UTF-8.`,
      });
    }
  }
  return values;
}
