import { keyOf } from '../idempotency.js';
import type { Operation } from '../operation.js';
import { parametersOf } from '../path.js';
import { PreconditionFailed } from '../precondition.js';
import { responsesOf } from '../responses.js';
import type { Components, JsonSchema } from './components.js';

/** The parameters of an operation: path, query, headers. */
export function parameters(operation: Operation, name: string, components: Components): JsonSchema[] {
  const schemaOf = (schema: Operation['query'], hint: string) =>
    schema ? (components.schemaOf(schema, 'parameter', `${name}${hint}`) as ObjectSchema) : {};
  const path = schemaOf(operation.params, 'Params');
  return [
    ...parametersOf(operation.path).map((key) =>
      parameter('path', key, { required: [key], ...without(path) }),
    ),
    ...all('query', schemaOf(operation.query, 'Query')),
    ...all('header', schemaOf(operation.headers, 'Headers')),
    ...conditions(operation),
  ];
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** Every path parameter is required, whatever its schema would do without it. */
function without({ properties }: ObjectSchema): ObjectSchema {
  return properties ? { properties } : {};
}

function all(place: string, schema: ObjectSchema): JsonSchema[] {
  return Object.keys(schema.properties ?? {}).map((key) => parameter(place, key, schema));
}

function parameter(place: string, name: string, { properties, required }: ObjectSchema): JsonSchema {
  const { description, deprecated, ...schema } = properties?.[name] ?? { type: 'string' };
  return {
    name,
    in: place,
    ...(description !== undefined && { description }),
    ...(required?.includes(name) && { required: true }),
    ...(deprecated === true && { deprecated }),
    schema,
    // A list is a parameter that is repeated.
    ...(place === 'query' && schema.type === 'array' && { style: 'form', explode: true }),
  };
}

/** The headers that an operation understands without declaring them. */
function conditions(operation: Operation): JsonSchema[] {
  const { headers, errors = [] } = operation;
  const key = keyOf(operation);
  const own = Object.keys(headers?.shape ?? {});
  const header = (name: string, description: string, rest: object) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
    ...rest,
  });
  return [
    ...(key
      ? [
          header(
            'idempotency-key',
            'Any text that is the same when the request is repeated: it then has the effect of one.',
            {
              ...(key === 'required' && { required: true }),
              schema: { type: 'string', pattern: '^[\\x21\\x23-\\x7e]{1,255}$' },
            },
          ),
        ]
      : []),
    ...(hasEtag(operation) && !own.includes('if-none-match')
      ? [
          header(
            'if-none-match',
            'The `etag` of what the caller has: the answer is 304 while it is the current one.',
            {},
          ),
        ]
      : []),
    ...(errors.includes(PreconditionFailed) && !own.includes('if-match')
      ? [
          header(
            'if-match',
            'The `etag` of what the caller has read: the answer is 412 when it has changed since.',
            {},
          ),
        ]
      : []),
  ];
}

/** Whether `route()` may answer 304. */
export function hasEtag(operation: Operation): boolean {
  const success = responsesOf(operation).get(200);
  return operation.method === 'GET' && 'etag' in (success?.headers?.shape ?? {});
}
