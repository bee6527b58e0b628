import * as z from 'zod';
import { type Body, isBinary, isJsonType } from '../contract/body.js';
import { IDEMPOTENCY_TYPE } from '../contract/idempotency-key.js';
import type { Operation } from '../contract/operation.js';
import { type ProblemError, problemBody } from '../contract/problem.js';
import { PROBLEM_TYPE, type ResponseForm, responsesOf } from '../contract/responses.js';
import { contains } from '../contract/schema-children.js';
import { isShared } from '../contract/shared-statuses.js';
import type { HttpResponse } from './message.js';
import { headersAndCookies } from './response-headers.js';

/** Response of a handler, before validation. */
export interface AnyResponse {
  readonly status: number;
  readonly type?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** Serializer of an operation's responses, which validates them: a response that breaks the contract is never sent. */
export class ResponseSerializer {
  private readonly forms: ReadonlyMap<number, ResponseForm>;

  constructor(private readonly operation: Operation) {
    this.forms = responsesOf(operation);
  }

  /** Serializes a handler's response. @throws Error when the contract does not declare it */
  serialize(response: AnyResponse): HttpResponse {
    const { status } = response;
    const form = this.forms.get(status);
    if (!form || form.problems.length > 0) {
      throw this.error(`returned ${status}, which its contract does not declare`);
    }
    const { headers, ...cookies } = this.headersOf(form, response);
    if (form.content.size === 0) {
      if (response.body === undefined) return { status, headers, ...cookies, body: '' };
      throw this.error(`returned ${status} with a body, which its contract does not declare`);
    }
    const type = response.type ?? form.defaultType;
    const schema = type === undefined ? undefined : form.content.get(type);
    if (type === undefined || !schema) {
      const types = [...form.content.keys()].join(' or ');
      throw this.error(`returned ${status} with type ${response.type}, expected ${types}`);
    }
    const body = this.encodeBody(status, type, schema, response.body);
    if (body !== '') headers['content-type'] ??= type;
    return { status, headers, ...cookies, body };
  }

  /** Serializes a problem. @throws Error for a problem that the contract does not declare and that is not implied */
  serializeProblem(error: ProblemError, requestId: string): HttpResponse {
    const { status, details } = error;
    const body = problemBody(details, requestId);
    const schema = this.forms.get(status)?.content.get(PROBLEM_TYPE);
    const isDeclared = schema && !isBinary(schema);
    const isIdempotencyProblem =
      this.operation.idempotent !== undefined && details.type?.startsWith(IDEMPOTENCY_TYPE);
    if (!isDeclared && !isShared(status) && !isIdempotencyProblem) {
      throw this.error(`threw a problem of status ${status}, which its contract does not declare`, error);
    }
    const { headers, ...cookies } = headersAndCookies(details.headers);
    const isValidated =
      isDeclared &&
      !isIdempotencyProblem &&
      !(isShared(status) && (details.type ?? 'about:blank') === 'about:blank');
    return {
      status,
      headers: { 'content-type': PROBLEM_TYPE, ...headers },
      ...cookies,
      body: isValidated ? this.encodeBody(status, PROBLEM_TYPE, schema, body) : JSON.stringify(body),
    } as HttpResponse;
  }

  private headersOf(
    { headers: schema }: ResponseForm,
    { status, headers }: AnyResponse,
  ): Pick<HttpResponse, 'headers' | 'cookies'> {
    const lowerCased = lowerCase(headers);
    if (!schema) return headersAndCookies(lowerCased);
    const result = encode(schema, lowerCased);
    if (!result.success) {
      throw this.error(`returned ${status} with headers that break its contract: ${result.error.message}`);
    }
    return headersAndCookies({ ...lowerCased, ...result.data });
  }

  private encodeBody(status: number, type: string, schema: Body, value: unknown): string | Uint8Array {
    if (isBinary(schema)) {
      if (value instanceof Uint8Array && value.byteLength <= schema.maxBytes) return value;
      const actual = value instanceof Uint8Array ? `${value.byteLength} bytes` : typeof value;
      throw this.error(
        `returned ${status} with ${actual}, expected at most ${schema.maxBytes} bytes of ${type}`,
      );
    }
    const result = encode(schema, value);
    if (!result.success) {
      throw this.error(`returned ${status} with a body that breaks its contract: ${result.error.message}`);
    }
    if (isJsonType(type)) return JSON.stringify(result.data) ?? '';
    if (typeof result.data === 'string') return result.data;
    throw this.error(`returned ${status} with ${typeof result.data} as ${type}, expected a text`);
  }

  private error(message: string, cause?: unknown): Error {
    const { method, path } = this.operation;
    return new Error(`The handler of ${method} ${path} ${message}`, { cause });
  }
}

const codecs = /* @__PURE__ */ new WeakMap<z.ZodType, boolean>();

/** Encodes a value. For a schema without a codec it parses instead, which takes zod half the time. */
function encode<Schema extends z.ZodType>(schema: Schema, value: unknown) {
  const hasCodec = codecs.get(schema) ?? contains(schema, 'pipe');
  codecs.set(schema, hasCodec);
  return hasCodec ? z.safeEncode(schema, value as never) : z.safeParse(schema, value);
}

/** Returns the headers with lower-case names, so that a handler's header replaces the default. */
function lowerCase(headers: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const lowerCased: Record<string, unknown> = {};
  for (const name of Object.keys(headers)) lowerCased[name.toLowerCase()] = headers[name];
  return lowerCased;
}
