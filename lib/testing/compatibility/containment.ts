import { atLeast, atMost, numbers } from './bounds.js';
import {
  alternativesOf,
  equal,
  isAnything,
  isNothing,
  type Keywords,
  normal,
  propertiesOf,
  requiredOf,
  type Schema,
} from './schema-form.js';
import { acceptsValue } from './schema-values.js';

/** Context of a schema. */
export interface Side {
  /** Targets of references, by name. */
  readonly definitions: Readonly<Record<string, unknown>>;
  /** True if objects without `additionalProperties` may have undeclared properties. */
  readonly isOpen: boolean;
}

/** Keywords that are compared by meaning; all others must be equal. */
const COMPARED: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  object: ['properties', 'required', 'additionalProperties', 'propertyNames'],
};

/**
 * Proof that every value of one schema is valid for another. It is conservative: a containment that it cannot prove is
 * reported as a difference.
 */
export class Containment {
  /** Pairs under comparison: a recursive schema is contained unless another part differs. */
  private readonly assumed = new Set<string>();

  constructor(
    private readonly from: Side,
    private readonly to: Side,
  ) {}

  /**
   * Returns the reason why a value of `from` may be invalid for `to`; `undefined` if every value is valid.
   *
   * @param path path of the value, for example `body`
   */
  difference(from: Schema, to: Schema, path: string): string | undefined {
    const [a, b] = [normal(from), normal(to)];
    if (isAnything(b) || isNothing(a)) return undefined;
    if (isNothing(b)) return `${path}: must be absent`;
    if (a.$ref !== undefined || b.$ref !== undefined) return this.ofReferences(a, b, path);
    if (Array.isArray(a.enum)) return this.ofValues(a.enum, b, path);
    const alternatives = alternativesOf(a);
    if (alternatives) return first(alternatives.schemas, (schema) => this.difference(schema, b, path));
    if (Array.isArray(b.allOf)) {
      const { allOf, ...rest } = b;
      return first([rest, ...(allOf as Schema[])], (schema) => this.difference(a, schema, path));
    }
    const choices = alternativesOf(b);
    if (choices) {
      const reasons = choices.schemas.map((schema) => this.difference(a, schema, path));
      if (reasons.includes(undefined) && !choices.isExclusive) return undefined;
      return `${path}: may match no alternative, or several exclusive ones`;
    }
    if (Array.isArray(a.allOf)) {
      const { allOf, ...rest } = a;
      const reasons = [rest, ...(allOf as Schema[])].map((schema) => this.difference(schema, b, path));
      return reasons.includes(undefined) ? undefined : reasons.at(-1);
    }
    return this.ofTypes(a, b, path);
  }

  private ofReferences(a: Keywords, b: Keywords, path: string): string | undefined {
    const pair = `${JSON.stringify(a)} ${JSON.stringify(b)}`;
    if (this.assumed.has(pair)) return undefined;
    this.assumed.add(pair);
    const reason = this.difference(resolved(a, this.from), resolved(b, this.to), path);
    this.assumed.delete(pair);
    return reason;
  }

  private ofValues(values: readonly unknown[], b: Keywords, path: string): string | undefined {
    const invalid = values.find((value) => !acceptsValue(b, value, (schema) => resolved(schema, this.to)));
    return invalid === undefined ? undefined : `${path}: ${JSON.stringify(invalid)} is not among its values`;
  }

  private ofTypes(a: Keywords, b: Keywords, path: string): string | undefined {
    if (b.enum !== undefined) return `${path}: must be one of ${JSON.stringify(b.enum)}`;
    const isSameType =
      b.type === undefined || a.type === b.type || (a.type === 'integer' && b.type === 'number');
    if (!isSameType) {
      return `${path}: ${a.type ?? 'anything'} became ${b.type}`;
    }
    const compared = ['type', ...(COMPARED[String(b.type)] ?? [])];
    const keyword = Object.keys(b).find((key) => !compared.includes(key) && !equal(a[key], b[key]));
    if (keyword) return `${path}: \`${keyword}\` became ${JSON.stringify(b[keyword])}`;
    switch (b.type) {
      case 'string':
        return atLeast(a, b, 'minLength', path) ?? atMost(a, b, 'maxLength', path);
      case 'number':
      case 'integer':
        return numbers(a, b, path);
      case 'array':
        return atLeast(a, b, 'minItems', path) ?? atMost(a, b, 'maxItems', path) ?? this.ofItems(a, b, path);
      case 'object':
        return this.ofObjects(a, b, path);
      default:
        return undefined;
    }
  }

  private ofItems(a: Keywords, b: Keywords, path: string): string | undefined {
    const [itemsA, itemsB] = [a, b].map(({ prefixItems }) => (prefixItems ?? []) as Schema[]) as [
      Schema[],
      Schema[],
    ];
    const [restA, restB] = [a, b].map(({ items }) => (items ?? true) as Schema) as [Schema, Schema];
    const indexes = Array.from({ length: Math.max(itemsA.length, itemsB.length) + 1 }, (_, index) => index);
    return first(indexes, (index) =>
      this.difference(
        itemsA[index] ?? restA,
        itemsB[index] ?? restB,
        `${path}[${itemsA[index] || itemsB[index] ? index : ''}]`,
      ),
    );
  }

  private ofObjects(a: Keywords, b: Keywords, path: string): string | undefined {
    const [propertiesA, propertiesB] = [propertiesOf(a), propertiesOf(b)];
    const further = (a.additionalProperties ?? this.from.isOpen) as Schema;
    const allowed = (b.additionalProperties ?? true) as Schema;
    const missing = requiredOf(b).find((name) => !requiredOf(a).includes(name));
    if (missing !== undefined) return `${path}.${missing}: is required, but may be absent`;
    const names = [...new Set([...Object.keys(propertiesA), ...Object.keys(propertiesB)])];
    return (
      first(names, (name) =>
        this.difference(propertiesA[name] ?? further, propertiesB[name] ?? allowed, `${path}.${name}`),
      ) ??
      this.difference(further, allowed, `${path}.*`) ??
      this.ofNames(a, b, Object.keys(propertiesA), further, path)
    );
  }

  /** Compares the property names of records, which are values as well. */
  private ofNames(a: Keywords, b: Keywords, names: readonly string[], further: Schema, path: string) {
    if (b.propertyNames === undefined) return undefined;
    const rule = b.propertyNames as Schema;
    const namesSchema = (a.propertyNames ?? { type: 'string' }) as Schema;
    return (
      this.difference({ enum: names }, rule, `the names of ${path}`) ??
      (isNothing(normal(further)) ? undefined : this.difference(namesSchema, rule, `the names of ${path}`))
    );
  }
}

function resolved(schema: Keywords, { definitions }: Side): Schema {
  if (typeof schema.$ref !== 'string') return schema;
  const { $ref, ...rest } = schema;
  const target = definitions[$ref.split('/').at(-1)!] as Schema | undefined;
  if (target === undefined) throw new Error(`The document has no definition of ${$ref}`);
  return isAnything(rest) ? target : { allOf: [target, rest] };
}

/** Returns the first reason; `undefined` without one. */
function first<Item>(
  items: readonly Item[],
  reasonOf: (item: Item) => string | undefined,
): string | undefined {
  for (const item of items) {
    const reason = reasonOf(item);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
