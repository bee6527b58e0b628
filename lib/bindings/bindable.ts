import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IResource } from 'aws-cdk-lib/core';

/** What a binding gives a function: the value of its environment variable, and permissions. */
export interface Binding {
  readonly value: string;
  readonly statements: PolicyStatement[];
  /** Why a resource of the statements ends in a wildcard; shown to security scans. @default - none does */
  readonly wildcard?: { readonly resource: string; readonly reason: string };
  /** The resource that is bound, if it may be in another region or account than the function. */
  readonly resource?: IResource;
  /** The value where the resource is elsewhere: one that names the place. @default - the same value, which names it anyhow */
  readonly valueElsewhere?: string;
  /** The same for a handler of this library, whose client takes the place from it. @default - `valueElsewhere` */
  readonly typedValueElsewhere?: string;
  /** Called when nothing is wrong with this and any other binding of the function. @default - nothing to do */
  readonly granted?: () => void;
}

/** Something that a handler's need can be bound to. */
export interface Bindable<Kind extends string = string> {
  /** The kind of need that it satisfies: `table` for `table.read`. */
  readonly bindingKind: Kind;
  /** The accesses that it can be bound for, where they are known. */
  readonly accesses?: readonly string[];
  /** @throws Error when there is no such access */
  bindingFor(access: string): Binding;
}

/** A statement that allows actions, all of one service, on resources. */
export function allow(service: string, actions: readonly string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions: actions.map((action) => `${service}:${action}`), resources });
}

/**
 * Services use the caller's permission on a customer-managed key, with which a resource is encrypted.
 * https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html
 */
export function allowKey(key: IKey | undefined, write: boolean): PolicyStatement[] {
  return key ? [allow('kms', write ? ['Decrypt', 'GenerateDataKey'] : ['Decrypt'], [key.keyArn])] : [];
}

/**
 * A kind of thing with one set of actions for each access.
 *
 * @param accesses the actions that each access allows
 */
export function bindable<Kind extends string, Access extends string>(
  bindingKind: Kind,
  accesses: Readonly<Record<Access, unknown>>,
  binding: (access: Access) => Binding,
): Bindable<Kind> {
  const known = Object.keys(accesses);
  return {
    bindingKind,
    accesses: known,
    bindingFor(access) {
      if (known.includes(access)) return binding(access as Access);
      throw new Error(`the access to a ${bindingKind} must be one of ${known.join(', ')}, got ${access}`);
    },
  };
}
