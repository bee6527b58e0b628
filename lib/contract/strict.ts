import * as z from 'zod';

/**
 * The same schema with every plain object made strict, at any depth: a property that the contract does not
 * declare is an error of the caller's, and answering it with silence hides it. `z.looseObject` stays loose.
 *
 * Only containers are rebuilt; a schema without objects inside is returned as it is.
 */
export function strict<Schema extends z.core.$ZodType>(schema: Schema): Schema {
  return rebuild(schema, new Map()) as Schema;
}

type Def = z.core.$ZodTypeDef & Record<string, unknown>;

/** By the method: through `z.core` a bundle would get all of zod, 350 KB more. */
function clone(schema: z.core.$ZodType, def: Record<string, unknown>): z.core.$ZodType {
  return (schema as z.ZodType).clone(def as never);
}

function rebuild(schema: z.core.$ZodType, seen: Map<z.core.$ZodType, z.core.$ZodType>): z.core.$ZodType {
  const known = seen.get(schema) ?? rebuilt(schema, seen);
  seen.set(schema, known);
  return known;
}

function rebuilt(schema: z.core.$ZodType, seen: Map<z.core.$ZodType, z.core.$ZodType>): z.core.$ZodType {
  const def = schema._zod.def as Def;
  const inner = (key: string) => rebuild(def[key] as z.core.$ZodType, seen);
  const withChanges = (changes: Record<string, unknown>) => {
    const changed = Object.entries(changes).some(([key, value]) =>
      Array.isArray(value)
        ? value.some((item, at) => item !== (def[key] as unknown[])[at])
        : value !== def[key],
    );
    return changed ? clone(schema, { ...def, ...changes }) : schema;
  };
  switch (def.type) {
    case 'object': {
      const shape = def.shape as Record<string, z.core.$ZodType>;
      const strictShape = {};
      // A property may be a getter, for an object that contains itself: it is read when the schema is used.
      for (const key of Object.keys(shape)) {
        const get = () => rebuild(shape[key]!, seen);
        Object.defineProperty(strictShape, key, { enumerable: true, get });
      }
      return clone(schema, { ...def, shape: strictShape, catchall: def.catchall ?? z.never() });
    }
    case 'array':
      return withChanges({ element: inner('element') });
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return withChanges({ innerType: inner('innerType') });
    case 'union':
      return withChanges({
        options: (def.options as z.core.$ZodType[]).map((option) => rebuild(option, seen)),
      });
    case 'tuple':
      return withChanges({ items: (def.items as z.core.$ZodType[]).map((item) => rebuild(item, seen)) });
    case 'record':
    case 'map':
      return withChanges({ valueType: inner('valueType') });
    case 'pipe':
      // What comes out of a transformation is the author's own, not the caller's.
      return withChanges({ in: inner('in') });
    case 'lazy': {
      const getter = def.getter as () => z.core.$ZodType;
      return z.lazy(() => rebuild(getter(), seen));
    }
    default:
      // An intersection stays as it is: each side would refuse the other's properties.
      return schema;
  }
}
