import { CfnResource, type IResource, Stack, Token, TokenComparison } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Binding } from './binding.js';

/** Where a function is. */
export interface FunctionPlace {
  readonly scope: IConstruct;
  /** Whether its handler is made by this library's runtime. @default false */
  readonly isTyped?: boolean;
}

/**
 * Returns the value of a binding for a function: of a resource in another region or account the one that names the place,
 * since a name alone means something else there, or nothing.
 *
 * @param called how messages call what is bound
 * @throws Error for a resource that this app makes in another account: the function's role would have to be in its
 * policy, which names the role by a name that it does not have
 */
export function valueFor(place: FunctionPlace, called: string, binding: Binding): string {
  const { scope, isTyped = false } = place;
  const { resource, value, valueElsewhere = value } = binding;
  if (!resource) return value;
  const elsewhere = (isTyped ? binding.typedValueElsewhere : undefined) ?? valueElsewhere;
  const { region, account } = Stack.of(scope);
  const there = placeOf(resource, valueElsewhere);
  const isOfOtherAccount = differs(account, there.account);
  if (isOfOtherAccount && isMadeHere(resource)) {
    throw new Error(
      `${called} must be of the account of the function (${account}), or an imported resource, got ${resource.node.path} of the account ${there.account}. Allow the function's role in the policy of the resource (and of its key), and bind what \`from...Arn()\` returns`,
    );
  }
  return isOfOtherAccount || differs(region, there.region) ? elsewhere : value;
}

/** Some imports of CDK's say that they are where their stack is, whatever their ARN says. */
function placeOf({ env }: IResource, arn: string): { readonly region: string; readonly account: string } {
  const [prefix, , , region, account] = Token.isUnresolved(arn) ? [] : arn.split(':');
  return prefix === 'arn' && region && account ? { region, account } : env;
}

function differs(one: string, other: string): boolean {
  return Token.compareStrings(one, other) === TokenComparison.DIFFERENT;
}

/** Imported resources are of another account by what is said of them, and have no resource of CloudFormation below. */
function isMadeHere(resource: IResource): boolean {
  const resourceBelow = resource.node.defaultChild;
  return resourceBelow !== undefined && CfnResource.isCfnResource(resourceBelow);
}
