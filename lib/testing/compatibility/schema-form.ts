/** JSON schema (2020-12), as zod writes it. */
export type Schema = boolean | Keywords;
export type Keywords = { readonly [keyword: string]: unknown };

/** Keywords that do not restrict values. */
const ANNOTATIONS: readonly string[] = [
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
];

/** Normalizes a schema to keywords that restrict values: lists of types become alternatives, constants become enums. */
export function normal(schema: Schema): Keywords {
  if (typeof schema === 'boolean') return schema ? {} : { not: {} };
  const rest = Object.fromEntries(Object.entries(schema).filter(([key]) => !ANNOTATIONS.includes(key)));
  if (Array.isArray(rest.type)) {
    const { type, ...others } = rest;
    return { anyOf: (type as string[]).map((name) => ({ ...others, type: name })) };
  }
  if ('const' in rest) return { enum: [rest.const] };
  // An enum implies the type of its values.
  return Array.isArray(rest.enum) ? { enum: rest.enum } : rest;
}

export function isAnything(schema: Keywords): boolean {
  return Object.keys(schema).length === 0;
}

/** Returns true if no value is valid. */
export function isNothing({ not }: Keywords): boolean {
  return not === true || (typeof not === 'object' && not !== null && isAnything(not as Keywords));
}

/** Alternatives of a schema. */
export interface Alternatives {
  readonly schemas: readonly Schema[];
  /** True if a value must match exactly one of them. */
  readonly isExclusive: boolean;
}

/** Returns the alternatives of a schema, each combined with its other keywords; `undefined` without alternatives. */
export function alternativesOf({ anyOf, oneOf, ...rest }: Keywords): Alternatives | undefined {
  const listed = (anyOf ?? oneOf) as Schema[] | undefined;
  if (!listed) return undefined;
  const schemas = isAnything(rest) ? listed : listed.map((schema) => ({ allOf: [schema, rest] }));
  return { schemas, isExclusive: oneOf !== undefined && !areDiscriminated(listed) };
}

/** Returns true if a property discriminates the objects. */
function areDiscriminated(schemas: readonly Schema[]): boolean {
  const objects = schemas.map(normal);
  return Object.keys(propertiesOf(objects[0]!)).some((name) => {
    const values = objects.flatMap((object) => {
      const listed = normal(propertiesOf(object)[name] ?? {}).enum;
      return requiredOf(object).includes(name) && Array.isArray(listed) ? listed : [undefined];
    });
    return !values.includes(undefined) && new Set(values).size === values.length;
  });
}

export function propertiesOf({ properties }: Keywords): Readonly<Record<string, Schema>> {
  return { __proto__: null, ...(properties as object) } as never;
}

export function requiredOf({ required }: Keywords): readonly string[] {
  return (required ?? []) as string[];
}

/** Compares two JSON values; the order of properties does not matter. */
export function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
