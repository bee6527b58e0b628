import type * as z from 'zod';
import { isBinary, isJsonType } from '../contract/body.js';
import type { Operation } from '../contract/contract.js';
import { Problem } from '../contract/problem.js';
import { PROBLEM_TYPE, type ResponseForm, responsesOf } from '../contract/responses.js';
import { isShared } from '../contract/shared-statuses.js';
import { CallError } from './errors.js';

interface AnyAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly body: unknown;
  readonly headers: unknown;
  readonly type?: string;
}

const NOTHING: ResponseForm = { content: /* @__PURE__ */ new Map(), problems: [] };

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
): Promise<AnyAnswer> {
  const { status, headers, ok } = response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = () => new TextDecoder().decode(bytes);
  const unexpected = (why: string, cause?: unknown) =>
    new CallError('unexpected', name, why, { status, headers, text: text().slice(0, 2000) }, cause);
  const parsed = (schema: z.ZodType, value: unknown, what: string) => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    throw unexpected(
      `${status} with ${what} that break${what === 'a body' ? 's' : ''} the contract: ${result.error.message}`,
    );
  };
  const json = () => {
    try {
      return JSON.parse(text());
    } catch (error) {
      throw unexpected(`${status} with a body that is not JSON`, error);
    }
  };

  const type = headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const form = responsesOf(operation).get(status) ?? (status === 304 ? NOTHING : undefined);
  if (isShared(status) && !isOwnProblem(form, type, text)) {
    const problem = type === PROBLEM_TYPE ? Problem.safeParse(json()).data : undefined;
    return {
      ok,
      status,
      headers,
      body: problem ?? { type: 'about:blank', title: titleOf(response), status },
    };
  }
  if (!form) throw unexpected(`${status}, which the contract does not have`);
  const own = form.headers
    ? validate
      ? parsed(form.headers, Object.fromEntries(headers), 'headers')
      : Object.fromEntries(headers)
    : headers;
  const answer = { ok, status, headers: own };
  if (form.content.size === 0) return { ...answer, body: undefined };
  const schema = form.content.get(type);
  if (!schema)
    throw unexpected(`${status} with the content type "${type}", which the contract does not have`);
  const body = isBinary(schema) ? bytes : isJsonType(type) ? json() : text();
  return {
    ...answer,
    body: isBinary(schema) || !validate ? body : parsed(schema, body, 'a body'),
    ...(form.content.size > 1 && { type }),
  };
}

/** Whether it is a problem that the operation declares, and none that the gateway has made. */
function isOwnProblem(form: ResponseForm | undefined, type: string, text: () => string): boolean {
  if (!form || type !== PROBLEM_TYPE) return false;
  return form.problems.some((problem) => text().includes(JSON.stringify(problem.type)));
}

function titleOf({ status, statusText }: Response): string {
  return statusText || `Status ${status}`;
}
