import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IResource } from 'aws-cdk-lib/core';
import { allowKey, type Bindable, type Binding, bindable } from './bindable.js';

/** Actions, and the resources on which an access grants them. */
export interface Grant<Resource> {
  /** Names of IAM actions, as in `sns:Publish`. */
  readonly actions: readonly string[];
  /** Returns the ARNs. @default - the ARN of the bound resource */
  readonly on?: (resource: Resource) => readonly string[];
}

/** Type of the values that a kind of need is bound to. `Bound` is the part of it that `bind` accepts by itself. */
export interface ResourceType<Resource, Bound> {
  readonly recognizes: (value: unknown) => boolean;
  readonly arnOf: (resource: Resource) => string | undefined;
  /** For the compiler only. */
  readonly bound?: Bound;
}

/** Returns the type of a CDK resource, which the property with its ARN identifies. */
export function cdkResource<Resource extends IResource>(
  arn: keyof Resource & string,
): ResourceType<Resource, Resource> {
  return {
    recognizes: (value) => typeof value === 'object' && value !== null && arn in value,
    arnOf: (resource) => resource[arn] as string,
  };
}

/** Returns the type of a resource that is bound only by way of a construct of this library. */
export function constructResource<Resource>(arn: keyof Resource & string): ResourceType<Resource, never> {
  return { recognizes: () => false, arnOf: (resource) => resource[arn] as string };
}

/** Returns the type of a value that is written to the environment. */
export function plainValue<Value extends string | number>(
  type: Value extends string ? 'string' : 'number',
): ResourceType<Value, Value> {
  return { recognizes: (value) => typeof value === type, arnOf: () => undefined };
}

/** Grants by access. */
export type Grants<Resource, Access extends string = string> = Readonly<
  Record<Access, readonly Grant<Resource>[]>
>;

/** A kind of need at synth. */
export interface KindDefinition<Access extends string, Resource, Bound> {
  readonly resource: ResourceType<Resource, Bound>;
  readonly accesses: Grants<Resource, Access>;
  /**
   * Returns the customer-managed key of an encrypted resource. An access that ends in `read` may decrypt with it, every
   * other one may encrypt, too.
   *
   * @default - the resource has no key
   */
  readonly key?: (resource: Resource) => IKey | undefined;
  /** Returns the value of the environment variable, and what else the binding needs besides its permissions. */
  readonly binding: (resource: Resource, access: Access) => Omit<Binding, 'statements' | 'resource'>;
}

/** Row of the table of kinds: `lib/bindings/kinds` has a file for each. */
export interface NeedKind<Name extends string, Access extends string, Resource, Bound = Resource> {
  readonly name: Name;
  /** IAM actions by access. */
  readonly actions: Readonly<Record<Access, readonly string[]>>;
  /** Returns true for the values that `bind` of a function accepts, besides the constructs of this library. */
  recognizes(value: unknown): boolean;
  bind(resource: Resource): Bindable<Name>;
  /** For the compiler only. */
  readonly bound?: Bound;
}

/** Creates the row of a kind of need from its grants and its environment value. */
export function defineKind<Name extends string, Access extends string, Resource, Bound>(
  name: Name,
  definition: KindDefinition<Access, Resource, Bound>,
): NeedKind<Name, Access, Resource, Bound> {
  const { resource: type, accesses } = definition;
  const grants = Object.entries<readonly Grant<Resource>[]>(accesses);
  const actions = grants.map(([access, list]) => [access, list.flatMap((grant) => grant.actions)]);
  return {
    name,
    actions: Object.fromEntries(actions),
    recognizes: type.recognizes,
    bind: (resource) =>
      bindable<Name, Access>(name, accesses, (access) => ({
        ...definition.binding(resource, access),
        ...(isLocated(resource) && { resource }),
        statements: [
          ...accesses[access].map((grant) => statementOf(grant, resource, type)),
          ...allowKey(definition.key?.(resource), !access.endsWith('read')),
        ],
      })),
  };
}

function statementOf<Resource>(
  { actions, on }: Grant<Resource>,
  resource: Resource,
  type: ResourceType<Resource, unknown>,
): PolicyStatement {
  const arns = on?.(resource) ?? [type.arnOf(resource) as string];
  return new PolicyStatement({ actions: [...actions], resources: [...arns] });
}

/** Returns true for resources that may be in another region or account than the function. */
function isLocated(resource: unknown): resource is IResource {
  return typeof resource === 'object' && resource !== null && 'env' in resource;
}
