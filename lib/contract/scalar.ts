import type * as z from 'zod';

type Scalar = 'string' | 'number' | 'boolean';

/** Returns the scalar type of a schema's input, inside any wrappers; undefined for other types and for several. */
export function scalarOf(schema: z.core.$ZodType): Scalar | undefined {
  const def = schema._zod.def as z.core.$ZodTypeDef & {
    readonly innerType?: z.core.$ZodType;
    readonly in?: z.core.$ZodType;
    readonly entries?: object;
    readonly values?: readonly unknown[];
  };
  switch (def.type) {
    case 'string':
    case 'number':
    case 'boolean':
      return def.type;
    case 'template_literal':
      return 'string';
    case 'enum':
      return onlyScalar(Object.values(def.entries ?? {}));
    case 'literal':
      return onlyScalar(def.values ?? []);
    case 'optional':
    case 'default':
    case 'readonly':
      return def.innerType && scalarOf(def.innerType);
    case 'pipe':
      return def.in && scalarOf(def.in);
    default:
      return undefined;
  }
}

function onlyScalar(values: readonly unknown[]): Scalar | undefined {
  const types = new Set(values.map((value) => typeof value));
  const [type] = types;
  return types.size === 1 && ['string', 'number', 'boolean'].includes(type!) ? (type as Scalar) : undefined;
}
