import * as z from 'zod';
import { type Body, isBinary, isJsonType } from '../contract/body.js';
import { IDEMPOTENCY_TYPE } from '../contract/idempotency.js';
import type { Operation } from '../contract/operation.js';
import { type ProblemError, problemBody } from '../contract/problem.js';
import { PROBLEM_TYPE, type ResponseForm, responsesOf } from '../contract/responses.js';
import { contains } from '../contract/schema-children.js';
import { isShared } from '../contract/shared-statuses.js';
import type { HttpResponse } from './message.js';
import { headersAndCookies } from './response-headers.js';

/** What a handler answers, before it is checked. */
export interface AnyResponse {
  readonly status: number;
  readonly type?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** Replies of an operation, checked against its contract. A reply that breaks it is an error, and never sent. */
export class Replies {
  private readonly forms: ReadonlyMap<number, ResponseForm>;

  constructor(private readonly operation: Operation) {
    this.forms = responsesOf(operation);
  }

  /** @throws Error when the contract does not declare such a reply */
  of(reply: AnyResponse): HttpResponse {
    const { status } = reply;
    const form = this.forms.get(status);
    if (!form || form.problems.length > 0) {
      throw this.broken(`answered ${status}, which its contract does not declare`);
    }
    const { headers, ...cookies } = this.headersOf(form, reply);
    if (form.content.size === 0) {
      if (reply.body === undefined) return { status, headers, ...cookies, body: '' };
      throw this.broken(`answered ${status} with a body, which its contract does not declare`);
    }
    const type = reply.type ?? form.defaultType;
    const schema = type === undefined ? undefined : form.content.get(type);
    if (type === undefined || !schema) {
      const types = [...form.content.keys()].join(' or ');
      throw this.broken(`answered ${status} as ${reply.type}, expected ${types}`);
    }
    const body = this.encoded(status, type, schema, reply.body);
    if (body !== '') headers['content-type'] ??= type;
    return { status, headers, ...cookies, body };
  }

  /** @throws Error when the contract does not declare such a problem, and it is not one that goes without saying */
  ofProblem(error: ProblemError, requestId: string): HttpResponse {
    const { status, details } = error;
    const body = problemBody(details, requestId);
    const schema = this.forms.get(status)?.content.get(PROBLEM_TYPE);
    const isDeclared = schema && !isBinary(schema);
    const isOfKeys = this.operation.idempotent !== undefined && details.type?.startsWith(IDEMPOTENCY_TYPE);
    if (!isDeclared && !isShared(status) && !isOfKeys) {
      throw this.broken(`threw a problem of status ${status}, which its contract does not declare`, error);
    }
    const { headers, ...cookies } = headersAndCookies(details.headers);
    const isOwn =
      isDeclared && !isOfKeys && !(isShared(status) && (details.type ?? 'about:blank') === 'about:blank');
    return {
      status,
      headers: { 'content-type': PROBLEM_TYPE, ...headers },
      ...cookies,
      body: isOwn ? this.encoded(status, PROBLEM_TYPE, schema, body) : JSON.stringify(body),
    } as HttpResponse;
  }

  private headersOf(
    { headers: schema }: ResponseForm,
    { status, headers }: AnyResponse,
  ): Pick<HttpResponse, 'headers' | 'cookies'> {
    const given = lowerCase(headers);
    if (!schema) return headersAndCookies(given);
    const result = encode(schema, given);
    if (!result.success) {
      throw this.broken(`answered ${status} with headers that break its contract: ${result.error.message}`);
    }
    return headersAndCookies({ ...given, ...result.data });
  }

  private encoded(status: number, type: string, schema: Body, value: unknown): string | Uint8Array {
    if (isBinary(schema)) {
      if (value instanceof Uint8Array && value.byteLength <= schema.maxBytes) return value;
      const given = value instanceof Uint8Array ? `${value.byteLength} bytes` : typeof value;
      throw this.broken(
        `answered ${status} with ${given}, expected at most ${schema.maxBytes} bytes of ${type}`,
      );
    }
    const result = encode(schema, value);
    if (!result.success) {
      throw this.broken(`answered ${status} with a body that breaks its contract: ${result.error.message}`);
    }
    if (isJsonType(type)) return JSON.stringify(result.data) ?? '';
    if (typeof result.data === 'string') return result.data;
    throw this.broken(`answered ${status} as ${type} with ${typeof result.data}, expected a text`);
  }

  private broken(what: string, cause?: unknown): Error {
    const { method, path } = this.operation;
    return new Error(`The handler of ${method} ${path} ${what}`, { cause });
  }
}

const known = /* @__PURE__ */ new WeakMap<z.ZodType, boolean>();

/** The value as it is sent. Where nothing has to be undone, zod parses in half the time that it takes to encode. */
function encode<Schema extends z.ZodType>(schema: Schema, value: unknown) {
  const hasCodec = known.get(schema) ?? contains(schema, 'pipe');
  known.set(schema, hasCodec);
  return hasCodec ? z.safeEncode(schema, value as never) : z.safeParse(schema, value);
}

/** In lower case, or a default would be sent next to the handler's own. */
function lowerCase(headers: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  for (const name of Object.keys(headers)) own[name.toLowerCase()] = headers[name];
  return own;
}
