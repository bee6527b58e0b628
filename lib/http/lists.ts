import type * as z from 'zod';

type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** The names of the parameters that are lists. */
export function listsOf({ shape }: z.ZodObject): ReadonlySet<string> {
  return new Set(Object.keys(shape).filter((name) => takesList(shape[name]!)));
}

/** The same parameters, with a list wherever the contract has one: in a URL a list of one looks like no list. */
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
  /** What an optional, a default and other wrappers are around. */
  readonly innerType?: z.core.$ZodType;
  /** What a transformation starts from. */
  readonly in?: z.core.$ZodType;
}
