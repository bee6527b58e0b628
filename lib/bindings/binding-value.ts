import { CfnResource, type IResource, Stack, Token, TokenComparison } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Binding } from './binding.js';

/** Location of a function. */
export interface FunctionLocation {
  readonly scope: IConstruct;
  /** True for handlers of this library. @default false */
  readonly isTyped?: boolean;
}

/**
 * Returns the value of a binding for a function. For a resource in another region or account, the value includes the
 * location, because a name alone refers to another resource there, or to none.
 *
 * @param label name of the binding in messages
 * @throws Error for a resource that this app creates in another account: its policy would have to name the function's
 * role, whose name is generated
 */
export function valueFor(location: FunctionLocation, label: string, binding: Binding): string {
  const { scope, isTyped = false } = location;
  const { resource, value, valueElsewhere = value } = binding;
  if (!resource) return value;
  const elsewhere = (isTyped ? binding.typedValueElsewhere : undefined) ?? valueElsewhere;
  const { region, account } = Stack.of(scope);
  const target = locationOf(resource, valueElsewhere);
  const isCrossAccount = differs(account, target.account);
  if (isCrossAccount && isCreatedByApp(resource)) {
    throw new Error(
      `${label} must be in the function's account (${account}) or be an imported resource, got ${resource.node.path} in account ${target.account}. Allow the function's role in the policy of the resource (and of its key), and bind what \`from...Arn()\` returns`,
    );
  }
  return isCrossAccount || differs(region, target.region) ? elsewhere : value;
}

/** Returns the location of a resource from its ARN: some of CDK's imports report their stack's location. */
function locationOf({ env }: IResource, arn: string): { readonly region: string; readonly account: string } {
  const [prefix, , , region, account] = Token.isUnresolved(arn) ? [] : arn.split(':');
  return prefix === 'arn' && region && account ? { region, account } : env;
}

function differs(a: string, b: string): boolean {
  return Token.compareStrings(a, b) === TokenComparison.DIFFERENT;
}

/** Returns true if this app creates the resource: imported ones have no CloudFormation resource as default child. */
function isCreatedByApp(resource: IResource): boolean {
  const child = resource.node.defaultChild;
  return child !== undefined && CfnResource.isCfnResource(child);
}
