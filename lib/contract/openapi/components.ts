import * as z from 'zod';
import { childrenOf } from '../schema-children.js';
import { portablePattern } from './portable-pattern.js';

export type JsonSchema = { [key: string]: unknown };

/** Requests are strict, responses may grow, and parameters are texts. */
export type Role = 'request' | 'response' | 'parameter';

const REF = '#/components/schemas/';

/**
 * The JSON schemas of a document (draft 2020-12, as OpenAPI 3.1 has it). A schema with an id (`.meta({ id: 'Order' })`)
 * becomes a component and is referred to; where requests have it stricter than responses, theirs is `OrderInput`.
 */
export class Components {
  private readonly found = new Map<string, JsonSchema>();

  /** @param hint what to call parts that contain themselves and have no id */
  schemaOf(schema: z.ZodType, role: Role, hint: string): JsonSchema {
    const insideIntersections = role === 'request' ? membersOfIntersections(schema) : undefined;
    // Within another one it may itself become a reference.
    const { properties, $defs } = z.toJSONSchema(z.object({ root: schema }), {
      target: 'draft-2020-12',
      io: 'input',
      unrepresentable: 'any',
      cycles: 'ref',
      reused: 'inline',
      override: ({ zodSchema, jsonSchema }) => {
        const given = jsonSchema as JsonSchema;
        delete given.id;
        if (role === 'parameter') asText(zodSchema, given);
        if (insideIntersections && isPlainObject(zodSchema) && !insideIntersections.has(zodSchema)) {
          given.additionalProperties = false;
        }
        writePatterns(zodSchema, given);
        requireText(zodSchema, given);
      },
    }) as unknown as { properties: { root: JsonSchema }; $defs?: Record<string, JsonSchema> };
    const rename = (name: string) => `${role} ${name.replace(/^__schema/, `${hint}Part`)}`;
    for (const [name, definition] of Object.entries($defs ?? {})) {
      const component = withReferences(definition, rename);
      const other = this.found.get(rename(name));
      if (other && JSON.stringify(other) !== JSON.stringify(component)) {
        throw new Error(`Two schemas have the id "${name}": give each one of its own (\`.meta({ id })\`)`);
      }
      this.found.set(rename(name), component);
    }
    return withReferences(properties.root, rename);
  }

  /** The document's components, and the document with its references to them. */
  resolved<Document>(document: Document): { schemas: Record<string, JsonSchema>; document: Document } {
    const differing = this.differing();
    const nameOf = (key: string) => {
      const [role, name] = key.split(' ') as [Role, string];
      return role === 'request' && differing.has(name) ? `${name}Input` : name;
    };
    const schemas = [...this.found].map(
      ([key, schema]) => [nameOf(key), withReferences(schema, nameOf)] as const,
    );
    return {
      schemas: Object.fromEntries(schemas.sort(([a], [b]) => (a < b ? -1 : 1))),
      document: withReferences(document, nameOf),
    };
  }

  /** The components that are not the same in requests as elsewhere, themselves or in what they refer to. */
  private differing(): ReadonlySet<string> {
    const plain = (schema: JsonSchema) => JSON.stringify(withReferences(schema, (key) => key.split(' ')[1]!));
    const differing = new Set<string>();
    for (let size = -1; size < differing.size; ) {
      size = differing.size;
      for (const [key, schema] of this.found) {
        const [role, name] = key.split(' ') as [Role, string];
        const other = this.found.get(`response ${name}`) ?? this.found.get(`parameter ${name}`);
        if (role !== 'request' || !other) continue;
        const refersToOne = [...differing].some((one) =>
          JSON.stringify(schema).includes(`"${REF}request ${one}"`),
        );
        if (refersToOne || plain(schema) !== plain(other)) differing.add(name);
      }
    }
    return differing;
  }
}

const REFERENCE = /^#\/(?:\$defs|components\/schemas)\/(.*)$/;

/** The same with every reference to a schema led to where it is now. */
function withReferences<Value>(value: Value, rename: (name: string) => string): Value {
  return JSON.parse(JSON.stringify(value), (key, item) => {
    const name = key === '$ref' && REFERENCE.exec(item)?.[1];
    return name ? `${REF}${rename(decodeURIComponent(name))}` : item;
  });
}

function isPlainObject(schema: z.core.$ZodType): boolean {
  return schema._zod.def.type === 'object' && !(schema._zod.def as z.core.$ZodObjectDef).catchall;
}

/** The objects of which an intersection is made: each alone would refuse the others' properties. */
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

/** A parameter is text, but readers want to know what it means: a number that is made of it is said to be a number. */
function asText(schema: z.core.$ZodType, json: JsonSchema): void {
  const { type, out, ...def } = schema._zod.def as z.core.$ZodTypeDef & { out?: z.core.$ZodType };
  if (type === 'default') json.default = (def as z.core.$ZodDefaultDef).defaultValue;
  if (type !== 'pipe' || !out) return;
  const { $schema: _, ...meant } = z.toJSONSchema(out, { io: 'input', unrepresentable: 'any' });
  if (!['number', 'integer', 'boolean'].includes(String(meant.type))) return;
  for (const key of Object.keys(json)) if (key !== 'description') delete json[key];
  Object.assign(json, meant);
}

/** Zod writes the sources of regular expressions, without their flags. */
function writePatterns(schema: z.core.$ZodType, json: JsonSchema): void {
  for (const pattern of patternsOf(schema)) {
    const portable = portablePattern(pattern);
    for (const part of [json, ...((json.allOf as JsonSchema[] | undefined) ?? [])]) {
      if (part.pattern !== pattern.source) continue;
      if (portable === undefined) delete part.pattern;
      else part.pattern = portable;
    }
  }
  const parts = (json.allOf as JsonSchema[] | undefined)?.filter((part) => Object.keys(part).length > 0);
  if (parts && parts.length > 0) json.allOf = parts;
  else delete json.allOf;
}

function patternsOf({ _zod: { def } }: z.core.$ZodType): RegExp[] {
  const found = [def, ...(def.checks ?? []).map((check) => check._zod.def)];
  return found.map((one) => (one as { pattern?: unknown }).pattern).filter((one) => one instanceof RegExp);
}

/** A text that is trimmed before it is counted needs more than characters. */
function requireText(schema: z.core.$ZodType, json: JsonSchema): void {
  const checks = schema._zod.def.checks ?? [];
  const isTrimmed = checks.some(
    ({ _zod: { def } }) =>
      def.check === 'overwrite' && (def as z.core.$ZodCheckOverwriteDef).tx(' x ') === 'x',
  );
  if (isTrimmed && Number(json.minLength) > 0 && json.pattern === undefined) json.pattern = '\\S';
}
