import * as z from 'zod';

/**
 * Makes every plain object of a schema strict, at any depth: an undeclared property is the caller's error, and ignoring
 * it would hide the error. `z.looseObject` stays loose.
 *
 * Only containers are rebuilt; a schema without objects is returned unchanged.
 */
export function strict<Schema extends z.core.$ZodType>(schema: Schema): Schema {
  return rebuild(schema, new Map()) as Schema;
}

type Def = z.core.$ZodTypeDef & Record<string, unknown>;

/** Clones a schema by its method: importing `z.core` would add all of zod to a bundle, 350 KB. */
function clone(schema: z.core.$ZodType, def: Record<string, unknown>): z.core.$ZodType {
  return (schema as z.ZodType).clone(def as never);
}

function rebuild(schema: z.core.$ZodType, seen: Map<z.core.$ZodType, z.core.$ZodType>): z.core.$ZodType {
  const strictSchema = seen.get(schema) ?? rebuildNode(schema, seen);
  seen.set(schema, strictSchema);
  return strictSchema;
}

function rebuildNode(schema: z.core.$ZodType, seen: Map<z.core.$ZodType, z.core.$ZodType>): z.core.$ZodType {
  const def = schema._zod.def as Def;
  const inner = (key: string) => rebuild(def[key] as z.core.$ZodType, seen);
  const withChanges = (changes: Record<string, unknown>) => {
    const changed = Object.entries(changes).some(([key, value]) =>
      Array.isArray(value)
        ? value.some((item, index) => item !== (def[key] as unknown[])[index])
        : value !== def[key],
    );
    return changed ? clone(schema, { ...def, ...changes }) : schema;
  };
  switch (def.type) {
    case 'object': {
      const shape = def.shape as Record<string, z.core.$ZodType>;
      const strictShape = {};
      // A property of a recursive object is a getter: read it only when the schema is used.
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
      // Only the input comes from the caller; the output is created by the contract's author.
      return withChanges({ in: inner('in') });
    case 'lazy': {
      const getter = def.getter as () => z.core.$ZodType;
      return z.lazy(() => rebuild(getter(), seen));
    }
    default:
      // An intersection stays loose: each side would reject the other's properties.
      return schema;
  }
}
