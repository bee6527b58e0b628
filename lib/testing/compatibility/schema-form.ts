/** A JSON schema (2020-12), as zod writes it. */
export type Schema = boolean | Keywords;
export type Keywords = { readonly [keyword: string]: unknown };

/** What says nothing of values. */
const ANNOTATIONS: readonly string[] = [
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
];

/** A schema as keywords that say something of values: lists of types as alternatives, constants as lists of one. */
export function normal(schema: Schema): Keywords {
  if (typeof schema === 'boolean') return schema ? {} : { not: {} };
  const rest = Object.fromEntries(Object.entries(schema).filter(([key]) => !ANNOTATIONS.includes(key)));
  if (Array.isArray(rest.type)) {
    const { type, ...others } = rest;
    return { anyOf: (type as string[]).map((one) => ({ ...others, type: one })) };
  }
  if ('const' in rest) return { enum: [rest.const] };
  // The type of listed values is that of the values.
  return Array.isArray(rest.enum) ? { enum: rest.enum } : rest;
}

export function isAnything(schema: Keywords): boolean {
  return Object.keys(schema).length === 0;
}

/** Whether no value fits. */
export function isNothing({ not }: Keywords): boolean {
  return not === true || (typeof not === 'object' && not !== null && isAnything(not as Keywords));
}

export interface Alternatives {
  readonly schemas: readonly Schema[];
  /** Whether a value may fit one of them only. */
  readonly isExclusive: boolean;
}

/** The alternatives of a schema, each with what else the schema says; `undefined` when it has none. */
export function alternativesOf({ anyOf, oneOf, ...rest }: Keywords): Alternatives | undefined {
  const listed = (anyOf ?? oneOf) as Schema[] | undefined;
  if (!listed) return undefined;
  const schemas = isAnything(rest) ? listed : listed.map((one) => ({ allOf: [one, rest] }));
  return { schemas, isExclusive: oneOf !== undefined && !areToldApart(listed) };
}

/** Whether objects have a property by which a value can be one of them only. */
function areToldApart(schemas: readonly Schema[]): boolean {
  const objects = schemas.map(normal);
  return Object.keys(propertiesOf(objects[0]!)).some((name) => {
    const values = objects.flatMap((one) => {
      const listed = normal(propertiesOf(one)[name] ?? {}).enum;
      return requiredOf(one).includes(name) && Array.isArray(listed) ? listed : [undefined];
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

/** Whether two JSON values are the same, whatever the order of their properties. */
export function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
