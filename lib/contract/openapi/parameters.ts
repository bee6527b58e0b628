import { keyOf } from '../idempotency-key.js';
import type { Operation } from '../operation.js';
import { parametersOf } from '../path.js';
import { PreconditionFailed } from '../precondition.js';
import { responsesOf } from '../responses.js';
import type { Components, JsonSchema } from './components.js';

/** Returns the parameters of an operation: path, query, headers. */
export function parameters(operation: Operation, name: string, components: Components): JsonSchema[] {
  const schemaOf = (schema: Operation['query'], hint: string) =>
    schema ? (components.schemaOf(schema, 'parameter', `${name}${hint}`) as ObjectSchema) : {};
  const path = schemaOf(operation.params, 'Params');
  return [
    ...parametersOf(operation.path).map((key) =>
      parameter('path', key, { required: [key], ...withoutRequired(path) }),
    ),
    ...all('query', schemaOf(operation.query, 'Query')),
    ...all('header', schemaOf(operation.headers, 'Headers')),
    ...implicitHeaders(operation),
  ];
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** Drops `required`: every path parameter is required, whatever its schema. */
function withoutRequired({ properties }: ObjectSchema): ObjectSchema {
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
    // A list is sent as a repeated parameter.
    ...(place === 'query' && schema.type === 'array' && { style: 'form', explode: true }),
  };
}

/** Returns the headers that an operation accepts without a declaration. */
function implicitHeaders(operation: Operation): JsonSchema[] {
  const { headers, errors = [] } = operation;
  const key = keyOf(operation);
  const declared = Object.keys(headers?.shape ?? {});
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
            'Unique text for the request. Send the same text when you repeat the request.',
            {
              ...(key === 'required' && { required: true }),
              schema: { type: 'string', pattern: '^[\\x21\\x23-\\x7e]{1,255}$' },
            },
          ),
        ]
      : []),
    ...(hasEtag(operation) && !declared.includes('if-none-match')
      ? [
          header(
            'if-none-match',
            '`etag` of the cached response. The response is 304 while it is current.',
            {},
          ),
        ]
      : []),
    ...(errors.includes(PreconditionFailed) && !declared.includes('if-match')
      ? [
          header(
            'if-match',
            '`etag` of the resource as it was read. The response is 412 if the resource has changed since.',
            {},
          ),
        ]
      : []),
  ];
}

/** Returns true if `route()` may return 304. */
export function hasEtag(operation: Operation): boolean {
  const success = responsesOf(operation).get(200);
  return operation.method === 'GET' && 'etag' in (success?.headers?.shape ?? {});
}
