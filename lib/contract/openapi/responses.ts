import type { Body } from '../body.js';
import { isBinary } from '../body.js';
import { choiceOf } from '../choice.js';
import type { Operation } from '../contract.js';
import { Problem } from '../problem.js';
import { type Examples, PROBLEM_TYPE, type ResponseForm, responsesOf } from '../responses.js';
import type { SharedStatus } from '../shared-statuses.js';
import type { Components, JsonSchema } from './components.js';
import { hasEtag } from './parameters.js';
import { isProtected } from './security.js';

/** What the shared refusals mean; each is a component of the document. */
const REFUSALS: Readonly<Record<SharedStatus, string>> = {
  400: 'The request is not valid; `errors` says where and why.',
  401: 'Nobody has signed in, or the token is not valid.',
  403: 'The operation is not for the caller.',
  406: 'The operation has no content type that the caller accepts.',
  413: 'The body is too large.',
  415: 'The body has a content type that the operation does not take.',
  429: 'Too many requests: try again later.',
  500: 'It is our fault, and it is logged.',
  502: 'The service did not answer.',
  503: 'The service is busy: try again later.',
  504: 'The service did not answer in time.',
};

/** What is said of statuses of which nobody has said anything. */
const MEANINGS: Readonly<Record<number, string>> = {
  200: 'It is done.',
  201: 'It is made.',
  202: 'It will be done.',
  204: 'It is done, and there is nothing to say.',
  404: 'There is no such thing.',
  409: 'What is there does not allow it.',
};

/** All that an operation may answer, by status. */
export function responses(operation: Operation, name: string, components: Components): JsonSchema {
  const own = [...responsesOf(operation)].map(([status, form]) => [
    String(status),
    response(status, form, name, components),
  ]);
  const shared = refusalsOf(operation).map((status) => [
    String(status),
    { $ref: `#/components/responses/${status}` },
  ]);
  return Object.fromEntries([
    ...shared,
    ...(hasEtag(operation) ? [['304', { description: 'What the caller has is the current one.' }]] : []),
    ...own,
  ]);
}

function refusalsOf(operation: Operation): SharedStatus[] {
  return [
    400,
    ...(isProtected(operation) ? ([401, 403] as const) : []),
    ...(choiceOf(operation).length > 0 ? ([406] as const) : []),
    ...(operation.body ? ([413, 415] as const) : []),
    429,
    500,
    502,
    503,
    504,
  ];
}

/** The components for `refusalsOf`. */
export function refusals(
  operations: readonly Operation[],
  components: Components,
): Record<string, JsonSchema> {
  const used = new Set(operations.flatMap(refusalsOf));
  const schema = components.schemaOf(Problem, 'response', 'Problem');
  return Object.fromEntries(
    [...used]
      .sort()
      .map((status) => [
        String(status),
        { description: REFUSALS[status], content: { [PROBLEM_TYPE]: { schema } } },
      ]),
  );
}

function response(status: number, form: ResponseForm, name: string, components: Components): JsonSchema {
  const headers =
    form.headers &&
    (components.schemaOf(form.headers, 'parameter', `${name}${status}Headers`) as {
      properties?: Record<string, JsonSchema>;
      required?: string[];
    });
  return {
    description: form.description ?? MEANINGS[status] ?? `Status ${status}`,
    ...(headers?.properties && {
      headers: Object.fromEntries(
        Object.entries(headers.properties).map(([key, schema]) => [
          key,
          { ...(headers.required?.includes(key) && { required: true }), schema },
        ]),
      ),
    }),
    ...(form.content.size > 0 && {
      content: content(form, name, status, components),
    }),
  };
}

function content(
  { content: bodies, examples }: ResponseForm,
  name: string,
  status: number,
  components: Components,
) {
  return Object.fromEntries(
    [...bodies].map(([type, body], at) => [
      type,
      mediaType(body, 'response', `${name}${status}`, components, at === 0 ? examples : undefined),
    ]),
  );
}

/** A body of one content type. */
export function mediaType(
  body: Body,
  role: 'request' | 'response',
  hint: string,
  components: Components,
  examples: Examples | undefined,
): JsonSchema {
  return {
    schema: isBinary(body)
      ? { type: 'string', format: 'binary', maxLength: body.maxBytes }
      : components.schemaOf(body, role, hint),
    ...(examples && {
      examples: Object.fromEntries(Object.entries(examples).map(([key, value]) => [key, { value }])),
    }),
  };
}
