import type * as z from 'zod';
import { type Body, isBinary, isJsonType } from '../contract/body.js';
import type { Operation } from '../contract/operation.js';
import { Problem } from '../contract/problem.js';
import { PROBLEM_TYPE, type ResponseForm, responsesOf } from '../contract/responses.js';
import { isImplicitError } from '../contract/shared-statuses.js';
import { CallError } from './errors.js';

interface AnyResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly body: unknown;
  readonly headers: unknown;
  readonly type?: string;
}

/**
 * Converts a response to the result of a call.
 *
 * @param validate true to parse bodies and headers with their schemas
 * @throws CallError for a response that is not in the contract
 */
export async function resultOf(
  name: string,
  operation: Operation,
  response: Response,
  validate: boolean,
): Promise<AnyResponse> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const incoming = new Incoming(name, response, bytes, validate);
  const form = responsesOf(operation).get(response.status);
  if (isImplicitError(operation, response.status)) return incoming.sharedError(form);
  // Not modified: there is nothing to parse.
  if (response.status === 304) return incoming.declared({ content: new Map(), problems: [] });
  if (form) return incoming.declared(form);
  throw incoming.unexpected('not in the contract');
}

/** Received response, with its body. */
class Incoming {
  /** Content type without parameters. */
  private readonly type: string;

  constructor(
    private readonly operation: string,
    private readonly response: Response,
    private readonly bytes: Uint8Array,
    private readonly validate: boolean,
  ) {
    this.type = response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  }

  unexpected(message: string, cause?: unknown): CallError {
    const { status, headers } = this.response;
    const response = { status, headers, text: this.text().slice(0, 2000) };
    return new CallError('unexpected', this.operation, `${status}, ${message}`, response, cause);
  }

  /** Returns a declared response. */
  declared(form: ResponseForm): AnyResponse {
    const { status, ok, headers } = this.response;
    const parsed = form.headers ? this.parseHeaders(form.headers) : headers;
    if (form.content.size === 0) return { ok, status, headers: parsed, body: undefined };
    const schema = form.content.get(this.type);
    if (!schema) throw this.unexpected(`content type "${this.type}" not in the contract`);
    const body = this.parseBody(schema);
    return { ok, status, headers: parsed, body, ...(form.content.size > 1 && { type: this.type }) };
  }

  /** Returns a shared error: a declared problem of the operation, or one of the gateway. */
  sharedError(form: ResponseForm | undefined): AnyResponse {
    const { status, statusText, ok, headers } = this.response;
    const problem = this.type === PROBLEM_TYPE ? Problem.safeParse(this.json()).data : undefined;
    if (form?.problems.some(({ type }) => type === problem?.type)) return this.declared(form);
    const body = problem ?? { type: 'about:blank', title: statusText || `Status ${status}`, status };
    return { ok, status, headers, body };
  }

  private parseBody(schema: Body): unknown {
    if (isBinary(schema)) return this.bytes;
    return this.parse(schema, isJsonType(this.type) ? this.json() : this.text(), 'body');
  }

  private parse(schema: z.ZodType, value: unknown, part: string): unknown {
    if (!this.validate) return value;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    throw this.unexpected(`invalid ${part}: ${result.error.message}`);
  }

  /** Parses the headers without `set-cookie`, which browsers hide from scripts. */
  private parseHeaders(schema: z.ZodObject): unknown {
    const visible = schema.shape['set-cookie'] ? schema.omit({ 'set-cookie': true }) : schema;
    return this.parse(visible, Object.fromEntries(this.response.headers), 'headers');
  }

  private json(): unknown {
    try {
      return JSON.parse(this.text());
    } catch (error) {
      throw this.unexpected('body is not JSON', error);
    }
  }

  private text(): string {
    return new TextDecoder().decode(this.bytes);
  }
}
