import * as z from 'zod';
import { strict } from '../../contract/strict.js';

type Schema = { [key: string]: unknown };

/**
 * Converts a zod schema into an API Gateway model: JSON Schema draft 4, never stricter than the zod schema. The gateway
 * rejects bodies that are certainly invalid before a function runs; `route()` validates the rest. The model omits all
 * that the two validate differently:
 *
 * - `integer`: 1.0 is an integer in JavaScript, but not in draft 4
 * - `format`, `pattern`: Java's regular expressions are not JavaScript's
 * - `nullable` and exclusive bounds: API Gateway misreads them
 * - lengths: JavaScript counts an emoji as two, draft 4 as one
 * - bounds of values that zod changes before it validates them, as `trim` does
 * - recursive schemas, which models do not support
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
export function gatewaySchema(schema: z.ZodType): Schema {
  return weaken(
    z.toJSONSchema(strict(schema), {
      target: 'draft-4',
      io: 'input',
      unrepresentable: 'any',
      cycles: 'ref',
      reused: 'inline',
      override: ({ zodSchema, jsonSchema }) => {
        const target = jsonSchema as Schema;
        if (takesAnything(zodSchema)) for (const key of Object.keys(target)) delete target[key];
        if (isOverwritten(zodSchema)) for (const key of BOUNDS) delete target[key];
      },
    }) as Schema,
  );
}

/** Returns whether a schema accepts every input: a coercion, a preprocessing or a catch. */
function takesAnything(schema: z.core.$ZodType): boolean {
  const {
    type,
    coerce,
    in: source,
  } = schema._zod.def as {
    type: string;
    coerce?: boolean;
    in?: z.core.$ZodType;
  };
  return coerce === true || type === 'catch' || (type === 'pipe' && source?._zod.def.type === 'transform');
}

const BOUNDS = ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'];

/** Returns whether the schema changes the value before it validates it: `trim`, `toLowerCase`, `overwrite`. */
function isOverwritten(schema: z.core.$ZodType): boolean {
  return schema._zod.def.checks?.some(({ _zod }) => _zod.def.check === 'overwrite') ?? false;
}

const BOUND_OF_INTEGERS = Number.MAX_SAFE_INTEGER;

function weaken(schema: Schema): Schema {
  const alternatives = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
  if (alternatives) {
    const weak = alternatives.map(weaken);
    return weak.some(
      (alternative) => alternative.type === undefined && !alternative.anyOf && !alternative.enum,
    )
      ? {}
      : { anyOf: weak };
  }
  if (Array.isArray(schema.enum)) return schema.enum.includes(null) ? {} : { enum: schema.enum };
  switch (schema.type) {
    case 'object':
      return weakObject(schema);
    case 'array':
      return {
        type: 'array',
        // API Gateway requires `items`; an empty schema accepts everything.
        items: schema.items && !Array.isArray(schema.items) ? weaken(schema.items as Schema) : {},
        ...kept(schema, ['minItems', 'maxItems']),
      };
    case 'string':
      return {
        type: 'string',
        ...(typeof schema.minLength === 'number' && schema.minLength > 0 && { minLength: 1 }),
        ...kept(schema, ['maxLength']),
      };
    case 'integer':
    case 'number':
      return {
        type: 'number',
        ...(schema.exclusiveMinimum === undefined && bound(schema, 'minimum')),
        ...(schema.exclusiveMaximum === undefined && bound(schema, 'maximum')),
      };
    case 'boolean':
      return { type: 'boolean' };
    default:
      return {};
  }
}

function weakObject(schema: Schema): Schema {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>).map(
    ([name, property]) => [name, weaken(property)] as const,
  );
  // A property that accepts anything may also be absent.
  const anything = properties
    .filter(([, property]) => Object.keys(property).length === 0)
    .map(([name]) => name);
  const required = ((schema.required ?? []) as string[]).filter((name) => !anything.includes(name));
  const rest = schema.additionalProperties;
  return {
    type: 'object',
    ...(properties.length > 0 && {
      properties: Object.fromEntries(properties),
    }),
    ...(required.length > 0 && { required }),
    ...(rest === false && { additionalProperties: false }),
    ...(typeof rest === 'object' && { additionalProperties: weaken(rest as Schema) }),
  };
}

function bound(schema: Schema, key: 'minimum' | 'maximum'): Schema {
  const value = schema[key];
  return typeof value === 'number' && Math.abs(value) < BOUND_OF_INTEGERS ? { [key]: value } : {};
}

function kept(schema: Schema, keys: readonly string[]): Schema {
  return Object.fromEntries(keys.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]));
}
