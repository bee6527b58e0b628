import * as z from 'zod';
import { childrenOf } from '../schema-children.js';
import { portablePattern } from './portable-pattern.js';

/** JSON Schema, or another object of an OpenAPI document. */
export type JsonSchema = { [key: string]: unknown };

/** Use of a schema: requests are strict, responses may gain properties, parameters are texts. */
export type Role = 'request' | 'response' | 'parameter';

const REF = '#/components/schemas/';

/**
 * Collector of a document's JSON schemas (draft 2020-12, as in OpenAPI 3.1). A schema with an id
 * (`.meta({ id: 'Order' })`) becomes a component; if requests use a stricter form than responses, theirs is `OrderInput`.
 */
export class Components {
  private readonly components = new Map<string, JsonSchema>();

  /** Converts a zod schema. @param hint name of recursive parts that have no id */
  schemaOf(schema: z.ZodType, role: Role, hint: string): JsonSchema {
    const insideIntersections = role === 'request' ? membersOfIntersections(schema) : undefined;
    // Wrapped, because a schema at the root cannot become a reference.
    const { properties, $defs } = z.toJSONSchema(z.object({ root: schema }), {
      target: 'draft-2020-12',
      io: 'input',
      unrepresentable: 'any',
      cycles: 'ref',
      reused: 'inline',
      override: ({ zodSchema, jsonSchema }) => {
        const json = jsonSchema as JsonSchema;
        delete json.id;
        if (role === 'parameter') describeParameter(zodSchema, json);
        if (insideIntersections && isPlainObject(zodSchema) && !insideIntersections.has(zodSchema)) {
          json.additionalProperties = false;
        }
        writePatterns(zodSchema, json);
        requireText(zodSchema, json);
      },
    }) as unknown as { properties: { root: JsonSchema }; $defs?: Record<string, JsonSchema> };
    const rename = (name: string) => `${role} ${name.replace(/^__schema/, `${hint}Part`)}`;
    for (const [name, definition] of Object.entries($defs ?? {})) {
      const component = withReferences(definition, rename);
      const existing = this.components.get(rename(name));
      if (existing && JSON.stringify(existing) !== JSON.stringify(component)) {
        throw new Error(`Two schemas have the id "${name}". Schema ids (\`.meta({ id })\`) must be unique.`);
      }
      this.components.set(rename(name), component);
    }
    return withReferences(properties.root, rename);
  }

  /** Returns the components, and the document with references to them. */
  resolve<Document>(document: Document): { schemas: Record<string, JsonSchema>; document: Document } {
    const differing = this.differing();
    const nameOf = (key: string) => {
      const [role, name] = key.split(' ') as [Role, string];
      return role === 'request' && differing.has(name) ? `${name}Input` : name;
    };
    const schemas = [...this.components].map(
      ([key, schema]) => [nameOf(key), withReferences(schema, nameOf)] as const,
    );
    return {
      schemas: Object.fromEntries(schemas.sort(([a], [b]) => (a < b ? -1 : 1))),
      document: withReferences(document, nameOf),
    };
  }

  /** Returns the names of components that differ in requests, directly or through a reference. */
  private differing(): ReadonlySet<string> {
    const plain = (schema: JsonSchema) => JSON.stringify(withReferences(schema, (key) => key.split(' ')[1]!));
    const differing = new Set<string>();
    for (let size = -1; size < differing.size; ) {
      size = differing.size;
      for (const [key, schema] of this.components) {
        const [role, name] = key.split(' ') as [Role, string];
        const counterpart =
          this.components.get(`response ${name}`) ?? this.components.get(`parameter ${name}`);
        if (role !== 'request' || !counterpart) continue;
        const refersToDiffering = [...differing].some((target) =>
          JSON.stringify(schema).includes(`"${REF}request ${target}"`),
        );
        if (refersToDiffering || plain(schema) !== plain(counterpart)) differing.add(name);
      }
    }
    return differing;
  }
}

const REFERENCE = /^#\/(?:\$defs|components\/schemas)\/(.*)$/;

/** Renames every schema reference in a value. */
function withReferences<Value>(value: Value, rename: (name: string) => string): Value {
  return JSON.parse(JSON.stringify(value), (key, item) => {
    const name = key === '$ref' && REFERENCE.exec(item)?.[1];
    return name ? `${REF}${rename(decodeURIComponent(name))}` : item;
  });
}

function isPlainObject(schema: z.core.$ZodType): boolean {
  return schema._zod.def.type === 'object' && !(schema._zod.def as z.core.$ZodObjectDef).catchall;
}

/** Returns the objects within intersections, which must not be strict: each would reject the others' properties. */
function membersOfIntersections(root: z.core.$ZodType): Set<z.core.$ZodType> {
  const members = new Set<z.core.$ZodType>();
  const others = new Set<z.core.$ZodType>();
  const visit = (schema: z.core.$ZodType, isMember: boolean) => {
    const seen = isMember ? members : others;
    if (seen.has(schema)) return;
    seen.add(schema);
    for (const { schema: child, part, path } of childrenOf(schema)) {
      visit(child, part === 'side' || (isMember && path === ''));
    }
  };
  visit(root, false);
  return members;
}

/** Describes a parameter by its parsed type: a text that is coerced to a number is documented as a number. */
function describeParameter(schema: z.core.$ZodType, json: JsonSchema): void {
  const { type, out, ...def } = schema._zod.def as z.core.$ZodTypeDef & { out?: z.core.$ZodType };
  if (type === 'default') json.default = (def as z.core.$ZodDefaultDef).defaultValue;
  if (type !== 'pipe' || !out) return;
  const { $schema: _, ...parsed } = z.toJSONSchema(out, { io: 'input', unrepresentable: 'any' });
  if (!['number', 'integer', 'boolean'].includes(String(parsed.type))) return;
  for (const key of Object.keys(json)) if (key !== 'description') delete json[key];
  Object.assign(json, parsed);
}

/**
 * Replaces patterns by portable ones: zod writes the sources of regular expressions without their flags. Any other
 * pattern becomes `x-pattern`, with its flags: `breakingChanges` compares it, and other tools ignore it.
 */
function writePatterns(schema: z.core.$ZodType, json: JsonSchema): void {
  for (const pattern of patternsOf(schema)) {
    const portable = portablePattern(pattern);
    for (const part of [json, ...((json.allOf as JsonSchema[] | undefined) ?? [])]) {
      if (part.pattern !== pattern.source) continue;
      if (portable !== undefined) part.pattern = portable;
      else {
        delete part.pattern;
        part['x-pattern'] = String(pattern);
      }
    }
  }
  const parts = (json.allOf as JsonSchema[] | undefined)?.filter((part) => Object.keys(part).length > 0);
  if (parts && parts.length > 0) json.allOf = parts;
  else delete json.allOf;
}

function patternsOf({ _zod: { def } }: z.core.$ZodType): RegExp[] {
  const definitions = [def, ...(def.checks ?? []).map((check) => check._zod.def)];
  return definitions
    .map((definition) => (definition as { pattern?: unknown }).pattern)
    .filter((pattern) => pattern instanceof RegExp);
}

/** Requires a visible character in a text that is trimmed before its length is checked. */
function requireText(schema: z.core.$ZodType, json: JsonSchema): void {
  const checks = schema._zod.def.checks ?? [];
  const isTrimmed = checks.some(
    ({ _zod: { def } }) =>
      def.check === 'overwrite' && (def as z.core.$ZodCheckOverwriteDef).tx(' x ') === 'x',
  );
  if (isTrimmed && Number(json.minLength) > 0 && json.pattern === undefined) json.pattern = '\\S';
}
