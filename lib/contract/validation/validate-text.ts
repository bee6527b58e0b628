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

/** The values of a path, a query or headers that can never be valid, since they arrive as text. */
export function validateText(place: 'params' | 'query' | 'headers', { shape }: z.ZodObject): string[] {
  return Object.entries(shape)
    .filter(([, schema]) => !takesText(schema, place === 'query'))
    .map(
      ([name, schema]) =>
        `\`${place}.${name}\` arrives as text, which its schema (${typeOf(schema)}) never takes: use z.coerce, z.stringbool or a codec from z.string()`,
    );
}

/**
 * Returns what is wrong with the headers of a response: they are sent as text, and the client parses the text by the same
 * schema. Only `set-cookie` may be a list.
 */
export function validateHeaderText(place: string, { shape }: z.ZodObject): string[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    if (contains(schema, 'nullable') || contains(schema, 'null')) {
      return [`\`${place}.${name}\` must not be null, which a header cannot say: use .optional()`];
    }
    // What a coerced Date is sent as depends on where the function runs.
    if (takesText(schema, name === 'set-cookie') && !isDate(schema)) return [];
    const type = typeOf(schema);
    return [
      `\`${place}.${name}\` must have a form as text, got ${type}: use ${INSTEAD[type] ?? 'a codec from z.string()'}`,
    ];
  });
}

const INSTEAD: Readonly<Record<string, string>> = {
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

function takesText(schema: z.core.$ZodType, mayRepeat: boolean): boolean {
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
      return mayRepeat && (!def.element || takesText(def.element, false));
    case 'union':
      return def.options!.some((option) => takesText(option, mayRepeat));
    case 'pipe':
      return takesText(def.in!, mayRepeat);
    default:
      return !def.innerType || takesText(def.innerType, mayRepeat);
  }
}
