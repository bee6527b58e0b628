import type * as z from 'zod';
import { contains } from '../schema-children.js';

type Def = z.core.$ZodTypeDef & {
  readonly coerce?: boolean;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly values?: readonly unknown[];
  readonly entries?: object;
};

/** Returns the errors of parameters whose schema rejects every text: path, query and headers arrive as text. */
export function validateText(place: 'params' | 'query' | 'headers', { shape }: z.ZodObject): string[] {
  return Object.entries(shape)
    .filter(([, schema]) => !acceptsText(schema, place === 'query'))
    .map(
      ([name, schema]) =>
        `\`${place}.${name}\` must accept text, got ${typeOf(schema)}: use z.coerce, z.stringbool or a codec from z.string()`,
    );
}

/**
 * Returns the errors of response headers: they are sent as text, which the client parses with the same schema. Only
 * `set-cookie` may be a list.
 */
export function validateHeaderText(place: string, { shape }: z.ZodObject): string[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    if (contains(schema, 'nullable') || contains(schema, 'null')) {
      return [`\`${place}.${name}\` must not be null, which a header cannot represent: use .optional()`];
    }
    // The text of a coerced Date depends on the time zone of the function.
    if (acceptsText(schema, name === 'set-cookie') && !isDate(schema)) return [];
    const type = typeOf(schema);
    return [
      `\`${place}.${name}\` must be sendable as text, got ${type}: use ${REMEDIES[type] ?? 'a codec from z.string()'}`,
    ];
  });
}

const REMEDIES: Readonly<Record<string, string>> = {
  number: 'z.coerce.number()',
  bigint: 'z.coerce.bigint()',
  boolean: 'z.stringbool()',
  date: 'z.codec() from z.string() to a Date',
  array: 'z.codec() from z.string() to a list (only `set-cookie` may be repeated)',
};

function isDate(schema: z.core.$ZodType): boolean {
  return typeOf(schema) === 'date';
}

function typeOf(schema: z.core.$ZodType): string {
  const { type, innerType } = schema._zod.def as Def;
  return innerType ? typeOf(innerType) : type;
}

function acceptsText(schema: z.core.$ZodType, mayRepeat: boolean): boolean {
  const def = schema._zod.def as Def;
  if (def.coerce) return true;
  switch (def.type) {
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'date':
    case 'null':
    case 'undefined':
    case 'object':
    case 'record':
    case 'map':
    case 'set':
    case 'nan':
      return false;
    case 'literal':
      return def.values!.some((value) => typeof value === 'string');
    case 'enum':
      return Object.values(def.entries!).some((value) => typeof value === 'string');
    case 'array':
    case 'tuple':
      return mayRepeat && (!def.element || acceptsText(def.element, false));
    case 'union':
      return def.options!.some((option) => acceptsText(option, mayRepeat));
    case 'pipe':
      return acceptsText(def.in!, mayRepeat);
    default:
      return !def.innerType || acceptsText(def.innerType, mayRepeat);
  }
}
