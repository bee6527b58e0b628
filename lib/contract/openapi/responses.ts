import type { Body } from '../body.js';
import { isBinary } from '../body.js';
import { REPLAYED_HEADER } from '../idempotency.js';
import { IDEMPOTENCY_PROBLEMS, IdempotencyKeyInUse } from '../idempotency-problems.js';
import { negotiableTypes } from '../negotiable-types.js';
import type { Operation } from '../operation.js';
import { Problem } from '../problem.js';
import type { Examples } from '../response-declaration.js';
import { PROBLEM_TYPE, type ResponseForm, responsesOf } from '../responses.js';
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
  const own = [...formsOf(operation)].map(([status, form]) => [
    String(status),
    response(status, form, name, components, operation),
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

/** The responses of an operation, with the problems that `idempotent` brings. */
function formsOf(operation: Operation): Map<number, ResponseForm> {
  const forms = new Map(responsesOf(operation));
  if (!operation.idempotent) return forms;
  const { responses: declared, errors = [] } = operation;
  const added = responsesOf({ ...operation, responses: {}, errors: [...errors, ...IDEMPOTENCY_PROBLEMS] });
  for (const [status, form] of added) {
    if (!(status in declared)) forms.set(status, form);
    else {
      // A handler may return it, and `route` answers the problem.
      const own = forms.get(status)!;
      forms.set(status, { ...own, content: new Map([...form.content, ...own.content]) });
    }
  }
  return forms;
}

function refusalsOf(operation: Operation): SharedStatus[] {
  return [
    400,
    ...(isProtected(operation) ? ([401, 403] as const) : []),
    ...(negotiableTypes(operation).length > 0 ? ([406] as const) : []),
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

function response(
  status: number,
  form: ResponseForm,
  name: string,
  components: Components,
  operation: Operation,
): JsonSchema {
  const headers = {
    ...ownHeaders(status, form, name, components),
    ...replayHeaders(status, form, operation),
  };
  return {
    description: form.description ?? MEANINGS[status] ?? `Status ${status}`,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(form.content.size > 0 && {
      content: content(form, name, status, components),
    }),
  };
}

function ownHeaders(status: number, form: ResponseForm, name: string, components: Components): JsonSchema {
  if (!form.headers) return {};
  const { properties = {}, required = [] } = components.schemaOf(
    form.headers,
    'parameter',
    `${name}${status}Headers`,
  ) as { properties?: Record<string, JsonSchema>; required?: string[] };
  return Object.fromEntries(
    Object.entries(properties).map(([key, schema]) => [
      key,
      { ...(required.includes(key) && { required: true }), schema },
    ]),
  );
}

/** What an operation that is `idempotent` says of a repeated request. */
function replayHeaders(status: number, form: ResponseForm, { idempotent }: Operation): JsonSchema {
  if (!idempotent) return {};
  if (form.problems.includes(IdempotencyKeyInUse)) {
    const description = 'Seconds until the request may be repeated, while the first one with its key runs.';
    return { 'retry-after': { description, schema: { type: 'integer' } } };
  }
  if (status >= 500 || form.problems.length > 0) return {};
  const description = 'That it is the response of the first request with this idempotency key.';
  return { [REPLAYED_HEADER]: { description, schema: { type: 'string', enum: ['true'] } } };
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
