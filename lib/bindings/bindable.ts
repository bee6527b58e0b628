import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IResource } from 'aws-cdk-lib/core';

/** Environment variable and permissions that a binding adds to a function. */
export interface Binding {
  readonly value: string;
  readonly statements: PolicyStatement[];
  /** Reason why a resource of the statements ends in a wildcard, for security scans. @default - no wildcards */
  readonly wildcard?: { readonly resource: string; readonly reason: string };
  /** The bound resource, if it may be in another region or account than the function. */
  readonly resource?: IResource;
  /**
   * The value for a resource in another region or account, which must include the location.
   *
   * @default - `value`, which includes it
   */
  readonly valueElsewhere?: string;
  /**
   * The value in this case for a handler of this library, whose client reads the location from it.
   *
   * @default - `valueElsewhere`
   */
  readonly typedValueElsewhere?: string;
  /** Callback after all bindings of the function were validated. @default - no callback */
  readonly granted?: () => void;
}

/** A target for a handler's need. */
export interface Bindable<Kind extends string = string> {
  /** The kind of need: `table` for `table.read`. */
  readonly bindingKind: Kind;
  /** The valid accesses, if they are limited. */
  readonly accesses?: readonly string[];
  /** @throws Error if the access is not valid */
  bindingFor(access: string): Binding;
}

/** Creates a statement that allows actions of one service on resources. */
export function allow(service: string, actions: readonly string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions: actions.map((action) => `${service}:${action}`), resources });
}

/**
 * Creates the statement for the customer-managed key of an encrypted resource: services use the caller's permissions on
 * it. https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html
 */
export function allowKey(key: IKey | undefined, write: boolean): PolicyStatement[] {
  return key ? [allow('kms', write ? ['Decrypt', 'GenerateDataKey'] : ['Decrypt'], [key.keyArn])] : [];
}

/**
 * Creates a bindable with one set of actions for each access.
 *
 * @param accesses actions by access
 */
export function bindable<Kind extends string, Access extends string>(
  bindingKind: Kind,
  accesses: Readonly<Record<Access, unknown>>,
  binding: (access: Access) => Binding,
): Bindable<Kind> {
  const names = Object.keys(accesses);
  return {
    bindingKind,
    accesses: names,
    bindingFor(access) {
      if (names.includes(access)) return binding(access as Access);
      throw new Error(`the access to a ${bindingKind} must be one of ${names.join(', ')}, got ${access}`);
    },
  };
}
