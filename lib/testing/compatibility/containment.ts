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
import { takesValue } from './schema-values.js';

/** Where a schema stands. */
export interface Side {
  /** What it may refer to, by name. */
  readonly definitions: Readonly<Record<string, unknown>>;
  /** Whether objects that say nothing of further properties may have some. */
  readonly isOpen: boolean;
}

/** The keywords that are compared by what they mean; the others must be the same. */
const COMPARED: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  object: ['properties', 'required', 'additionalProperties', 'propertyNames'],
};

/**
 * Whether each value that one schema takes is one that another takes. It errs on one side: what it cannot show, it
 * doubts.
 */
export class Containment {
  /** Pairs that are being compared: a schema that contains itself is contained if nothing else speaks against it. */
  private readonly assumed = new Set<string>();

  constructor(
    private readonly from: Side,
    private readonly to: Side,
  ) {}

  /**
   * Why a value of `from` may be none of `to`; `undefined` when each is.
   *
   * @param path what the schemas are of, as in `body`
   */
  difference(from: Schema, to: Schema, path: string): string | undefined {
    const [a, b] = [normal(from), normal(to)];
    if (isAnything(b) || isNothing(a)) return undefined;
    if (isNothing(b)) return `${path}: must not be there`;
    if (a.$ref !== undefined || b.$ref !== undefined) return this.ofReferences(a, b, path);
    if (Array.isArray(a.enum)) return this.ofValues(a.enum, b, path);
    const alternatives = alternativesOf(a);
    if (alternatives) return first(alternatives.schemas, (one) => this.difference(one, b, path));
    if (Array.isArray(b.allOf)) {
      const { allOf, ...rest } = b;
      return first([rest, ...(allOf as Schema[])], (one) => this.difference(a, one, path));
    }
    const choices = alternativesOf(b);
    if (choices) {
      const reasons = choices.schemas.map((one) => this.difference(a, one, path));
      if (reasons.includes(undefined) && !choices.isExclusive) return undefined;
      return `${path}: may be none of the alternatives, or of several that exclude one another`;
    }
    if (Array.isArray(a.allOf)) {
      const { allOf, ...rest } = a;
      const reasons = [rest, ...(allOf as Schema[])].map((one) => this.difference(one, b, path));
      return reasons.includes(undefined) ? undefined : reasons.at(-1);
    }
    return this.ofTypes(a, b, path);
  }

  private ofReferences(a: Keywords, b: Keywords, path: string): string | undefined {
    const pair = `${JSON.stringify(a)} ${JSON.stringify(b)}`;
    if (this.assumed.has(pair)) return undefined;
    this.assumed.add(pair);
    const found = this.difference(resolved(a, this.from), resolved(b, this.to), path);
    this.assumed.delete(pair);
    return found;
  }

  private ofValues(values: readonly unknown[], b: Keywords, path: string): string | undefined {
    const other = values.find((value) => !takesValue(b, value, (schema) => resolved(schema, this.to)));
    return other === undefined ? undefined : `${path}: ${JSON.stringify(other)} is not among its values`;
  }

  private ofTypes(a: Keywords, b: Keywords, path: string): string | undefined {
    if (b.enum !== undefined) return `${path}: is one of ${JSON.stringify(b.enum)} only`;
    const isSameType =
      b.type === undefined || a.type === b.type || (a.type === 'integer' && b.type === 'number');
    if (!isSameType) {
      return `${path}: ${a.type ?? 'anything'} became ${b.type}`;
    }
    const compared = ['type', ...(COMPARED[String(b.type)] ?? [])];
    const other = Object.keys(b).find((key) => !compared.includes(key) && !equal(a[key], b[key]));
    if (other) return `${path}: \`${other}\` became ${JSON.stringify(b[other])}`;
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
    const [given, wanted] = [a, b].map(({ prefixItems }) => (prefixItems ?? []) as Schema[]) as [
      Schema[],
      Schema[],
    ];
    const [furtherGiven, furtherWanted] = [a, b].map(({ items }) => (items ?? true) as Schema) as [
      Schema,
      Schema,
    ];
    const places = Array.from({ length: Math.max(given.length, wanted.length) + 1 }, (_, at) => at);
    return first(places, (at) =>
      this.difference(
        given[at] ?? furtherGiven,
        wanted[at] ?? furtherWanted,
        `${path}[${given[at] || wanted[at] ? at : ''}]`,
      ),
    );
  }

  private ofObjects(a: Keywords, b: Keywords, path: string): string | undefined {
    const [given, wanted] = [propertiesOf(a), propertiesOf(b)];
    const further = (a.additionalProperties ?? this.from.isOpen) as Schema;
    const allowed = (b.additionalProperties ?? true) as Schema;
    const missing = requiredOf(b).find((name) => !requiredOf(a).includes(name));
    if (missing !== undefined) return `${path}.${missing}: is required, but may be left out`;
    const names = [...new Set([...Object.keys(given), ...Object.keys(wanted)])];
    return (
      first(names, (name) =>
        this.difference(given[name] ?? further, wanted[name] ?? allowed, `${path}.${name}`),
      ) ??
      this.difference(further, allowed, `${path}.*`) ??
      this.ofNames(a, b, Object.keys(given), further, path)
    );
  }

  /** The names that a record has: in requests and responses alike they are values, too. */
  private ofNames(a: Keywords, b: Keywords, names: readonly string[], further: Schema, path: string) {
    if (b.propertyNames === undefined) return undefined;
    const rule = b.propertyNames as Schema;
    const others = (a.propertyNames ?? { type: 'string' }) as Schema;
    return (
      this.difference({ enum: names }, rule, `the names of ${path}`) ??
      (isNothing(normal(further)) ? undefined : this.difference(others, rule, `the names of ${path}`))
    );
  }
}

function resolved(schema: Keywords, { definitions }: Side): Schema {
  if (typeof schema.$ref !== 'string') return schema;
  const { $ref, ...rest } = schema;
  const target = definitions[$ref.split('/').at(-1)!] as Schema | undefined;
  if (target === undefined) throw new Error(`The document refers to ${$ref}, which it does not have`);
  return isAnything(rest) ? target : { allOf: [target, rest] };
}

/** The first reason, if there is one. */
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
