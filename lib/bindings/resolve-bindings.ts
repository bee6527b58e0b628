import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { variableOf } from '../runtime/needs/need.js';
import { asBindable, type Binding } from './binding.js';
import { type FunctionPlace, valueFor } from './elsewhere.js';

/** Something that a function is to be given under a name. */
export interface BindingRequest {
  readonly name: string;
  readonly to: unknown;
  /** How messages call what it is bound to, and what is wrong when the access is. */
  readonly called: { readonly to: string; readonly access: string };
  /** @default - that of what it is bound to */
  readonly kind?: string;
  /** @default - the kind, which is the one access to a text or a number */
  readonly access?: string | undefined;
}

/** What bindings add up to. */
export interface ResolvedBindings {
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
  readonly wildcards: readonly Wildcard[];
}

/** A resource that ends in a wildcard, and why it is right. */
export type Wildcard = NonNullable<Binding['wildcard']>;

/**
 * Checks everything before anything is changed: what is bound learns of it only when all is right.
 *
 * @param taken environment variables that the function has already
 * @param errors what the caller has found wrong
 * @param place where the function is
 * @throws what `refuse` makes of all errors
 */
export function resolveBindings(
  wanted: readonly BindingRequest[],
  taken: readonly string[],
  errors: readonly string[],
  refuse: (errors: readonly string[]) => Error,
  place: FunctionPlace,
): ResolvedBindings {
  const owners = new Map(taken.map((variable) => [variable, 'the function']));
  const found = [...errors];
  const bindings: [variable: string, binding: Binding][] = [];
  for (const one of wanted) {
    try {
      const [variable, binding] = bindingOf(one, owners);
      bindings.push([variable, { ...binding, value: valueFor(place, one.called.to, binding) }]);
    } catch (error) {
      found.push((error as Error).message);
    }
  }
  if (found.length > 0) throw refuse(found);
  const all = bindings.map(([, binding]) => binding);
  for (const { granted } of all) granted?.();
  return {
    environment: Object.fromEntries(bindings.map(([variable, { value }]) => [variable, value])),
    statements: all.flatMap(({ statements }) => statements),
    wildcards: all.flatMap(({ wildcard }) => wildcard ?? []),
  };
}

function bindingOf(
  { name, to, called, ...declared }: BindingRequest,
  owners: Map<string, string>,
): [variable: string, binding: Binding] {
  const bindable = asBindable(to);
  const kind = declared.kind ?? bindable?.bindingKind;
  if (!bindable || bindable.bindingKind !== kind) {
    const expected = kind ? withArticle(kind) : 'a table, a queue or another resource that can be bound';
    const given = bindable ? withArticle(bindable.bindingKind) : to === null ? 'null' : typeof to;
    throw new Error(`${called.to} must be ${expected}, got ${given}`);
  }
  const variable = variableOf(name, kind);
  if (!/^[A-Z][A-Z0-9_]+$/.test(variable)) {
    throw new Error(
      `\`${name}\` must be letters and digits, starting with a letter: its environment variable would be ${variable}`,
    );
  }
  const owner = owners.get(variable);
  if (owner) {
    throw new Error(
      `\`${name}\` would have the environment variable ${variable}, which ${owner} has already: rename \`${name}\``,
    );
  }
  owners.set(variable, `\`${name}\``);
  const access = declared.access ?? (kind === 'text' || kind === 'number' ? kind : undefined);
  return [variable, accessed(called.access, () => bindable.bindingFor(access as string))];
}

function accessed(called: string, work: () => Binding): Binding {
  try {
    return work();
  } catch (error) {
    throw new Error(`${called}: ${(error as Error).message}`, { cause: error });
  }
}

function withArticle(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
