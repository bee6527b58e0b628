import type * as z from 'zod';

/** What a schema is to the one that it is a part of. */
export type Part = 'property' | 'item' | 'value' | 'option' | 'side' | 'in' | 'out' | 'inner';

export interface SchemaChild {
  readonly schema: z.core.$ZodType;
  readonly part: Part;
  /** Where it is in a value, as in `.lines` or `[]`; empty for what is the value itself. */
  readonly path: string;
}

type Def = z.core.$ZodTypeDef & Record<string, unknown>;

/** The schemas that a schema is made of, one level down. */
export function childrenOf(schema: z.core.$ZodType): SchemaChild[] {
  const def = schema._zod.def as Def;
  const one = (key: string, part: Part, path = ''): SchemaChild[] =>
    def[key] ? [{ schema: def[key] as z.core.$ZodType, part, path }] : [];
  const all = (key: string, part: Part, path = ''): SchemaChild[] =>
    ((def[key] ?? []) as z.core.$ZodType[]).map((child) => ({ schema: child, part, path }));
  switch (def.type) {
    case 'object':
      return [
        ...Object.entries(def.shape as Record<string, z.core.$ZodType>).map(
          ([name, child]): SchemaChild => ({ schema: child, part: 'property', path: `.${name}` }),
        ),
        ...one('catchall', 'property', '.*'),
      ];
    case 'array':
      return one('element', 'item', '[]');
    case 'tuple':
      return [...all('items', 'item', '[]'), ...one('rest', 'item', '[]')];
    case 'record':
      return one('valueType', 'value', '.*');
    case 'union':
      return all('options', 'option');
    case 'intersection':
      return [...one('left', 'side'), ...one('right', 'side')];
    case 'pipe':
      return [...one('in', 'in'), ...one('out', 'out')];
    case 'lazy':
      return [{ schema: (def.getter as () => z.core.$ZodType)(), part: 'inner', path: '' }];
    default:
      return one('innerType', 'inner');
  }
}

/** Whether a schema is of a kind, or has one of it inside. */
export function contains(schema: z.core.$ZodType, type: z.core.$ZodTypeDef['type']): boolean {
  const seen = new Set<z.core.$ZodType>();
  const visit = (one: z.core.$ZodType): boolean => {
    if (one._zod.def.type === type) return true;
    if (seen.has(one)) return false;
    seen.add(one);
    return childrenOf(one).some((child) => visit(child.schema));
  };
  return visit(schema);
}
