import { type Html, html, prose } from './html.js';

// biome-ignore lint/suspicious/noExplicitAny: JSON Schema, in which every keyword is optional.
export type JsonSchema = Readonly<Record<string, any>>;

const CONSTRAINTS: readonly (readonly [key: string, words: string])[] = [
  ['format', 'format'],
  ['pattern', 'matches'],
  ['minLength', 'length at least'],
  ['maxLength', 'length at most'],
  ['minimum', 'at least'],
  ['exclusiveMinimum', 'more than'],
  ['maximum', 'at most'],
  ['exclusiveMaximum', 'less than'],
  ['multipleOf', 'a multiple of'],
  ['minItems', 'items at least'],
  ['maxItems', 'items at most'],
  ['default', 'by default'],
];

/** Renders a schema: its type, constraints, description and members. */
export function schemaHtml(schema: JsonSchema): Html {
  return html`${summary(schema)}${prose(schema.description)}${members(schema)}`;
}

/** Renders the type and its constraints in one line. */
export function summary(schema: JsonSchema): Html {
  const limits = CONSTRAINTS.filter(
    ([key]) => schema[key] !== undefined && !isIntegerBound(key, schema[key]),
  ).map(([key, words]) => html`<span class="limit">${words} <code>${literal(schema[key])}</code></span>`);
  return html`<span class="type">${typeOf(schema)}</span>${limits}`;
}

/** Returns whether a bound is one of those that zod adds to every integer. */
function isIntegerBound(key: string, value: unknown): boolean {
  return /minimum|maximum/i.test(key) && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
}

function typeOf(schema: JsonSchema): Html {
  if (schema.$ref) {
    const name = String(schema.$ref).split('/').at(-1)!;
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if ('const' in schema) return html`<code>${literal(schema.const)}</code>`;
  if (schema.enum)
    return separated(
      schema.enum.map((value: unknown) => html`<code>${literal(value)}</code>`),
      ' or ',
    );
  const choices: readonly JsonSchema[] | undefined = schema.anyOf ?? schema.oneOf;
  if (choices) return separated(choices.map(typeOf), ' or ');
  if (schema.allOf) return separated(schema.allOf.map(typeOf), ' and ');
  if (schema.type === 'array') return html`list of ${typeOf(schema.items ?? {})}`;
  return html`${[schema.type ?? 'anything'].flat().join(' or ')}`;
}

function separated(parts: readonly Html[], separator: string): Html {
  return html`${parts.map((part, index) => [index > 0 && separator, part])}`;
}

function members(schema: JsonSchema): Html {
  const inner: readonly JsonSchema[] = [
    ...(schema.type === 'array' && schema.items ? [schema.items] : []),
    ...(schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []),
  ];
  const rest =
    typeof schema.additionalProperties === 'object' && Object.keys(schema.additionalProperties).length > 0;
  return html`${schema.properties && properties(schema)}${
    rest && html`<p>Any other property: ${summary(schema.additionalProperties)}</p>`
  }${inner.map(members)}`;
}

function properties({ properties: all, required = [] }: JsonSchema): Html {
  return html`<dl>${Object.entries<JsonSchema>(all).map(
    ([name, schema]) =>
      html`<dt><code>${name}</code>${required.includes(name) ? '' : html` <em>optional</em>`}</dt><dd>${schemaHtml(schema)}</dd>`,
  )}</dl>`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
