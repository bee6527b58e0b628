import type * as z from 'zod';

type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** Returns the names of the parameters that are lists. */
export function listsOf({ shape }: z.ZodObject): ReadonlySet<string> {
  return new Set(Object.keys(shape).filter((name) => takesList(shape[name]!)));
}

/** Wraps single values of list parameters: in a URL a list of one item looks like a single value. */
export function withLists(lists: ReadonlySet<string>, query: Parameters): Parameters {
  if (lists.size === 0) return query;
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, lists.has(name) ? [value].flat() : value]),
  );
}

function takesList(schema: z.core.$ZodType): boolean {
  const { type, innerType, in: source } = schema._zod.def as Definition;
  const inner = type === 'pipe' ? source : innerType;
  return type === 'array' || (inner !== undefined && takesList(inner));
}

interface Definition extends z.core.$ZodTypeDef {
  /** Schema inside an optional, a default or another wrapper. */
  readonly innerType?: z.core.$ZodType;
  /** Input schema of a pipe. */
  readonly in?: z.core.$ZodType;
}
