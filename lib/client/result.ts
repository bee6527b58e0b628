import type * as z from 'zod';
import { type Body, isBinary, isJsonType } from '../contract/body.js';
import type { Operation } from '../contract/operation.js';
import { Problem } from '../contract/problem.js';
import { PROBLEM_TYPE, type ResponseForm, responsesOf } from '../contract/responses.js';
import { isRefusal } from '../contract/shared-statuses.js';
import { CallError } from './errors.js';

interface AnyResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly body: unknown;
  readonly headers: unknown;
  readonly type?: string;
}

/**
 * What a response means by the contract.
 *
 * @param validate whether bodies and headers are parsed by their schemas
 * @throws CallError when it means nothing
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
  if (isRefusal(operation, response.status)) return incoming.refusal(form);
  // What the caller has is the current one.
  if (response.status === 304) return incoming.answer({ content: new Map(), problems: [] });
  if (form) return incoming.answer(form);
  throw incoming.unexpected('which the contract does not have');
}

class Incoming {
  /** Without its parameters. */
  private readonly type: string;

  constructor(
    private readonly operation: string,
    private readonly response: Response,
    private readonly bytes: Uint8Array,
    private readonly validate: boolean,
  ) {
    this.type = response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  }

  unexpected(what: string, cause?: unknown): CallError {
    const { status, headers } = this.response;
    const response = { status, headers, text: this.text().slice(0, 2000) };
    return new CallError('unexpected', this.operation, `${status}, ${what}`, response, cause);
  }

  /** What is declared for this status. */
  answer(form: ResponseForm): AnyResponse {
    const { status, ok, headers } = this.response;
    const own = form.headers ? this.headersBy(form.headers) : headers;
    if (form.content.size === 0) return { ok, status, headers: own, body: undefined };
    const schema = form.content.get(this.type);
    if (!schema)
      throw this.unexpected(`with the content type "${this.type}", which the contract does not have`);
    const body = this.bodyOf(schema);
    return { ok, status, headers: own, body, ...(form.content.size > 1 && { type: this.type }) };
  }

  /** What any operation may be refused with: a problem that it declares, or one that the gateway has made. */
  refusal(form: ResponseForm | undefined): AnyResponse {
    const { status, statusText, ok, headers } = this.response;
    const given = this.type === PROBLEM_TYPE ? Problem.safeParse(this.json()).data : undefined;
    if (form?.problems.some(({ type }) => type === given?.type)) return this.answer(form);
    const body = given ?? { type: 'about:blank', title: statusText || `Status ${status}`, status };
    return { ok, status, headers, body };
  }

  private bodyOf(schema: Body): unknown {
    if (isBinary(schema)) return this.bytes;
    return this.parsed(schema, isJsonType(this.type) ? this.json() : this.text(), 'a body');
  }

  private parsed(schema: z.ZodType, value: unknown, what: string): unknown {
    if (!this.validate) return value;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    throw this.unexpected(`with ${what} that the contract does not have: ${result.error.message}`);
  }

  /** Without cookies, which browsers keep for themselves. */
  private headersBy(schema: z.ZodObject): unknown {
    const visible = schema.shape['set-cookie'] ? schema.omit({ 'set-cookie': true }) : schema;
    return this.parsed(visible, Object.fromEntries(this.response.headers), 'headers');
  }

  private json(): unknown {
    try {
      return JSON.parse(this.text());
    } catch (error) {
      throw this.unexpected('with a body that is not JSON', error);
    }
  }

  private text(): string {
    return new TextDecoder().decode(this.bytes);
  }
}
