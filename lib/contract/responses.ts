import * as z from 'zod';
import { type Body, isBinary } from './body.js';
import type { ProblemKind } from './define-problem.js';
import type { Operation } from './operation.js';
import type { Examples, OperationResponse, ResponseDeclaration } from './response-declaration.js';

/** Normalized declaration of a response. */
export interface ResponseForm {
  readonly description?: string;
  /** Body for each content type, in the order of preference; empty for a response without a body. */
  readonly content: ReadonlyMap<string, Body>;
  /** Content type of a response without a choice. */
  readonly defaultType?: string | undefined;
  readonly headers?: z.ZodObject;
  readonly examples?: Examples;
  /** Problems with this status. */
  readonly problems: readonly ProblemKind[];
}

/** Returns true for a response that is declared by its body alone. */
export function isBody(response: OperationResponse): response is Body {
  return '_zod' in response || isBinary(response);
}

const cache = /* @__PURE__ */ new WeakMap<Operation, ReadonlyMap<number, ResponseForm>>();

/** Returns the declared responses of an operation by status: its `responses` and its `errors`. */
export function responsesOf(operation: Operation): ReadonlyMap<number, ResponseForm> {
  const forms = cache.get(operation) ?? formsOf(operation);
  cache.set(operation, forms);
  return forms;
}

function formsOf(operation: Operation): ReadonlyMap<number, ResponseForm> {
  const forms = new Map<number, ResponseForm>();
  for (const [key, response] of Object.entries(operation.responses)) {
    const status = Number(key);
    const declaration: ResponseDeclaration = isBody(response) ? { body: response } : response;
    const { body, content, ...rest } = declaration;
    const types = contentOf(status, body, content);
    const defaultType = types.size === 1 ? [...types.keys()][0] : undefined;
    forms.set(status, { ...rest, content: types, defaultType, problems: [] });
  }
  for (const problem of operation.errors ?? []) {
    const problems = [...(forms.get(problem.status)?.problems ?? []), problem];
    forms.set(problem.status, {
      description: problems.map(({ title }) => title).join('; or: '),
      content: new Map([[PROBLEM_TYPE, unionOf(problems.map(({ schema }) => schema))]]),
      problems,
    });
  }
  return forms;
}

/** Content type of problems (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json';

function contentOf(
  status: number,
  body: Body | undefined,
  content: ResponseDeclaration['content'],
): ReadonlyMap<string, Body> {
  if (content) return new Map(Object.entries(content));
  if (!body) return new Map();
  if (isBinary(body)) return new Map(body.contentTypes.map((type) => [type, body]));
  if (isEmpty(body)) return new Map();
  return new Map([[status >= 400 ? PROBLEM_TYPE : 'application/json', body]]);
}

/** Returns true for `z.undefined()` and `z.void()`, which declare an empty body. */
function isEmpty(schema: z.ZodType): boolean {
  return schema._zod.def.type === 'undefined' || schema._zod.def.type === 'void';
}

function unionOf(schemas: readonly z.ZodType[]): z.ZodType {
  return schemas.length === 1 ? schemas[0]! : z.union(schemas);
}
