import type * as z from 'zod';

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
export function textMistakes(place: 'params' | 'query' | 'headers', { shape }: z.ZodObject): string[] {
  return Object.entries(shape)
    .filter(([, schema]) => !takesText(schema, place === 'query'))
    .map(
      ([name, schema]) =>
        `\`${place}.${name}\` arrives as text, which its schema (${typeOf(schema)}) never takes: use z.coerce, z.stringbool or a codec from z.string()`,
    );
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
