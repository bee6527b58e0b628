import type * as z from 'zod';

/** Role of a schema within its parent. */
export type Part = 'property' | 'item' | 'value' | 'option' | 'side' | 'in' | 'out' | 'inner';

/** Schema within another schema. */
export interface SchemaChild {
  readonly schema: z.core.$ZodType;
  readonly part: Part;
  /** Path from the parent's value, for example `.lines` or `[]`; empty if both describe the same value. */
  readonly path: string;
}

type Def = z.core.$ZodTypeDef & Record<string, unknown>;

/** Returns the direct children of a schema. */
export function childrenOf(schema: z.core.$ZodType): SchemaChild[] {
  const def = schema._zod.def as Def;
  const single = (key: string, part: Part, path = ''): SchemaChild[] =>
    def[key] ? [{ schema: def[key] as z.core.$ZodType, part, path }] : [];
  const all = (key: string, part: Part, path = ''): SchemaChild[] =>
    ((def[key] ?? []) as z.core.$ZodType[]).map((child) => ({ schema: child, part, path }));
  switch (def.type) {
    case 'object':
      return [
        ...Object.entries(def.shape as Record<string, z.core.$ZodType>).map(
          ([name, child]): SchemaChild => ({ schema: child, part: 'property', path: `.${name}` }),
        ),
        ...single('catchall', 'property', '.*'),
      ];
    case 'array':
      return single('element', 'item', '[]');
    case 'tuple':
      return [...all('items', 'item', '[]'), ...single('rest', 'item', '[]')];
    case 'record':
      return single('valueType', 'value', '.*');
    case 'union':
      return all('options', 'option');
    case 'intersection':
      return [...single('left', 'side'), ...single('right', 'side')];
    case 'pipe':
      return [...single('in', 'in'), ...single('out', 'out')];
    case 'lazy':
      return [{ schema: (def.getter as () => z.core.$ZodType)(), part: 'inner', path: '' }];
    default:
      return single('innerType', 'inner');
  }
}

/** Returns true if a schema or one of its descendants has the type. */
export function contains(schema: z.core.$ZodType, type: z.core.$ZodTypeDef['type']): boolean {
  const seen = new Set<z.core.$ZodType>();
  const visit = (node: z.core.$ZodType): boolean => {
    if (node._zod.def.type === type) return true;
    if (seen.has(node)) return false;
    seen.add(node);
    return childrenOf(node).some((child) => visit(child.schema));
  };
  return visit(schema);
}
