import type { Body } from '../body.js';
import { isBinary } from '../body.js';
import { REPLAYED_HEADER } from '../idempotency-key.js';
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

/** Descriptions of the shared error responses; each is a component of the document. */
const SHARED_DESCRIPTIONS: Readonly<Record<SharedStatus, string>> = {
  400: 'The request is not valid; `errors` has the path and the reason of each error.',
  401: 'The request has no valid credentials.',
  403: 'The caller is not allowed to call the operation.',
  406: 'Not acceptable: the operation returns other content types than `Accept` allows.',
  413: 'The body is too large.',
  415: 'The operation does not support the content type of the body.',
  429: 'Too many requests. Retry later.',
  500: 'Internal server error. It is logged.',
  502: 'Bad gateway.',
  503: 'The service is unavailable. Retry later.',
  504: 'The service did not respond in time.',
};

/** Default descriptions of responses that are declared without one. */
const DEFAULT_DESCRIPTIONS: Readonly<Record<number, string>> = {
  200: 'Success.',
  201: 'Created.',
  202: 'Accepted for processing.',
  204: 'Success without a body.',
  404: 'Not found.',
  409: 'Conflict with the current state of the resource.',
};

/** Returns all responses of an operation, by status. */
export function responses(operation: Operation, name: string, components: Components): JsonSchema {
  const declared = [...formsOf(operation)].map(([status, form]) => [
    String(status),
    response(status, form, name, components, operation),
  ]);
  const shared = sharedStatusesOf(operation).map((status) => [
    String(status),
    { $ref: `#/components/responses/${status}` },
  ]);
  return Object.fromEntries([
    ...shared,
    ...(hasEtag(operation)
      ? [['304', { description: 'The cached response of the caller is current.' }]]
      : []),
    ...declared,
  ]);
}

/** Returns the declared responses of an operation, with the problems of `idempotent`. */
function formsOf(operation: Operation): Map<number, ResponseForm> {
  const forms = new Map(responsesOf(operation));
  if (!operation.idempotent) return forms;
  const { responses: declared, errors = [] } = operation;
  const added = responsesOf({ ...operation, responses: {}, errors: [...errors, ...IDEMPOTENCY_PROBLEMS] });
  for (const [status, form] of added) {
    if (!(status in declared)) forms.set(status, form);
    else {
      // Both the handler and `route` may return this status.
      const existing = forms.get(status)!;
      forms.set(status, { ...existing, content: new Map([...form.content, ...existing.content]) });
    }
  }
  return forms;
}

function sharedStatusesOf(operation: Operation): SharedStatus[] {
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

/** Returns the components of the shared error responses. */
export function sharedResponses(
  operations: readonly Operation[],
  components: Components,
): Record<string, JsonSchema> {
  const used = new Set(operations.flatMap(sharedStatusesOf));
  const schema = components.schemaOf(Problem, 'response', 'Problem');
  return Object.fromEntries(
    [...used]
      .sort()
      .map((status) => [
        String(status),
        { description: SHARED_DESCRIPTIONS[status], content: { [PROBLEM_TYPE]: { schema } } },
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
    ...declaredHeaders(status, form, name, components),
    ...replayHeaders(status, form, operation),
  };
  return {
    description: form.description ?? DEFAULT_DESCRIPTIONS[status] ?? `Status ${status}`,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(form.content.size > 0 && {
      content: content(form, name, status, components),
    }),
  };
}

function declaredHeaders(
  status: number,
  form: ResponseForm,
  name: string,
  components: Components,
): JsonSchema {
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

/** Returns the headers that an `idempotent` operation adds. */
function replayHeaders(status: number, form: ResponseForm, { idempotent }: Operation): JsonSchema {
  if (!idempotent) return {};
  if (form.problems.includes(IdempotencyKeyInUse)) {
    const description = 'Seconds until the next attempt, while the first request with the key runs.';
    return { 'retry-after': { description, schema: { type: 'integer' } } };
  }
  if (status >= 500 || form.problems.length > 0) return {};
  const description = 'Present if this is the stored response of the first request with the idempotency key.';
  return { [REPLAYED_HEADER]: { description, schema: { type: 'string', enum: ['true'] } } };
}

function content(
  { content: bodies, examples }: ResponseForm,
  name: string,
  status: number,
  components: Components,
) {
  return Object.fromEntries(
    [...bodies].map(([type, body], index) => [
      type,
      mediaType(body, 'response', `${name}${status}`, components, index === 0 ? examples : undefined),
    ]),
  );
}

/** Returns the media type object of a body. */
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
