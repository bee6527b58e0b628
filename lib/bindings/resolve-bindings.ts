import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { variableOf } from '../runtime/needs/need.js';
import { asBindable, type Binding } from './binding.js';
import { type FunctionLocation, valueFor } from './binding-value.js';

/** A resource to bind to a function under a name. */
export interface BindingRequest {
  readonly name: string;
  readonly to: unknown;
  /** Names of the resource and of the access in messages. */
  readonly label: { readonly to: string; readonly access: string };
  /** The kind of binding. @default - the kind of the resource */
  readonly kind?: string;
  /** The access. @default - the kind, if that is the only access, as with a text or a number */
  readonly access?: string | undefined;
}

/** Environment, permissions and wildcards of all bindings. */
export interface ResolvedBindings {
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
  readonly wildcards: readonly Wildcard[];
}

/** A resource that ends in a wildcard, with the reason. */
export type Wildcard = NonNullable<Binding['wildcard']>;

/**
 * Resolves all bindings, then applies their side effects: nothing is changed if one is invalid.
 *
 * @param existingVariables names of the function's other environment variables
 * @param errors errors that the caller found
 * @param toError creates the error to throw
 * @param location location of the function
 * @throws the result of `toError` for all errors
 */
export function resolveBindings(
  requests: readonly BindingRequest[],
  existingVariables: readonly string[],
  errors: readonly string[],
  toError: (errors: readonly string[]) => Error,
  location: FunctionLocation,
): ResolvedBindings {
  const owners = new Map(existingVariables.map((variable) => [variable, 'the function']));
  const allErrors = [...errors];
  const bindings: [variable: string, binding: Binding][] = [];
  for (const request of requests) {
    try {
      const [variable, binding] = bindingOf(request, owners);
      bindings.push([variable, { ...binding, value: valueFor(location, request.label.to, binding) }]);
    } catch (error) {
      allErrors.push((error as Error).message);
    }
  }
  if (allErrors.length > 0) throw toError(allErrors);
  const all = bindings.map(([, binding]) => binding);
  for (const { granted } of all) granted?.();
  return {
    environment: Object.fromEntries(bindings.map(([variable, { value }]) => [variable, value])),
    statements: all.flatMap(({ statements }) => statements),
    wildcards: all.flatMap(({ wildcard }) => wildcard ?? []),
  };
}

function bindingOf(
  { name, to, label, ...declared }: BindingRequest,
  owners: Map<string, string>,
): [variable: string, binding: Binding] {
  const bindable = asBindable(to);
  const kind = declared.kind ?? bindable?.bindingKind;
  if (!bindable || bindable.bindingKind !== kind) {
    const expected = kind ? withArticle(kind) : 'a table, a queue or another resource that can be bound';
    const actual = bindable ? withArticle(bindable.bindingKind) : to === null ? 'null' : typeof to;
    throw new Error(`${label.to} must be ${expected}, got ${actual}`);
  }
  const variable = variableOf(name, kind);
  if (!/^[A-Z][A-Z0-9_]+$/.test(variable)) {
    throw new Error(
      `\`${name}\` must be letters and digits, starting with a letter, because its environment variable is ${variable}`,
    );
  }
  const owner = owners.get(variable);
  if (owner) {
    throw new Error(
      `\`${name}\` has the same environment variable as ${owner}, ${variable}. Rename \`${name}\``,
    );
  }
  owners.set(variable, `\`${name}\``);
  const access = declared.access ?? (bindable.accesses?.includes(kind) ? kind : undefined);
  return [variable, withLabel(label.access, () => bindable.bindingFor(access as string))];
}

function withLabel(label: string, resolve: () => Binding): Binding {
  try {
    return resolve();
  } catch (error) {
    throw new Error(`${label}: ${(error as Error).message}`, { cause: error });
  }
}

function withArticle(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
