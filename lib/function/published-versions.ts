import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Annotations, type CfnResource, Lazy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Template } from '../target/template.js';
import { aliasIdOf, type PublishedFunction, versionIdOf } from './private/release-resources.js';
import { applyReleases, type UnseenValues } from './private/release-template.js';

/** The version and the alias, if they are constructs because somebody asked for them. */
export interface Constructs {
  version(): Construct | undefined;
  alias(): Construct | undefined;
}

/** CDK asks the stack for its template once it is complete. */
interface Synthesized {
  _toCloudFormation(): Template;
}

/** The longest timeout of functions whose role is replaced; what an API waits for is shorter. */
const MAX_SECONDS = 30;

const published = new WeakMap<Stack, (readonly [fn: LambdaFunction, constructs: Constructs])[]>();

/**
 * Gives a function a version and an alias, and has the next version published whenever what the function runs with
 * changes. Both are added to the stack's finished template: constructs of CDK's, with its hash of the function, cost
 * 2.4 ms for each function.
 */
export function publishVersions(fn: LambdaFunction, constructs: Constructs): void {
  const stack = Stack.of(fn);
  const existing = published.get(stack);
  if (existing) {
    existing.push([fn, constructs]);
    return;
  }
  const functions: (readonly [LambdaFunction, Constructs])[] = [[fn, constructs]];
  published.set(stack, functions);
  const synthesized = stack as unknown as Synthesized;
  const whole = synthesized._toCloudFormation.bind(stack);
  synthesized._toCloudFormation = () =>
    applyReleases(
      whole(),
      functions.map((one) => publishedFunction(...one)),
      (unseen) => warn(stack, unseen),
    );
}

/** The number of resources that the stack's template has besides its constructs. */
export function addedResources(stack: Stack): number {
  const functions = published.get(stack) ?? [];
  return functions.reduce((sum, [, { version, alias }]) => sum + Number(!version()) + Number(!alias()), 0);
}

/** Gives a construct the id that its resource has in the template without it: CloudFormation must not create another. */
export function takeLogicalId(fn: LambdaFunction, construct: Construct, kind: 'Version' | 'Live'): void {
  const idOf = kind === 'Live' ? aliasIdOf : versionIdOf;
  const produce = () => idOf(logicalId(fn));
  (construct.node.defaultChild as CfnResource).overrideLogicalId(Lazy.uncachedString({ produce }));
}

function publishedFunction(fn: LambdaFunction, constructs: Constructs): PublishedFunction {
  const [version, alias] = [constructs.version(), constructs.alias()];
  const id = logicalId(fn);
  return {
    path: fn.node.path,
    id,
    aliasId: alias ? logicalId(alias) : aliasIdOf(id),
    hasVersion: version !== undefined,
    hasAlias: alias !== undefined,
    isRoleReplaced: fn.role !== undefined && fn.role === fn.node.tryFindChild('ServiceRole') && isShort(fn),
  };
}

/** The clean-up, in which a replaced role is deleted, comes seconds after the switch: no invocation may run on so long. */
function isShort({ timeout }: LambdaFunction): boolean {
  return timeout !== undefined && !timeout.isUnresolved() && timeout.toSeconds() <= MAX_SECONDS;
}

function logicalId(construct: Construct): string {
  return Stack.of(construct).resolve((construct.node.defaultChild as CfnResource).logicalId);
}

function warn(stack: Stack, { path, parameters }: UnseenValues): void {
  Annotations.of(stack).addWarningV2(
    `cdk-trellis:valuesOfDeployment:${path}`,
    `${path} depends on values that are known at deployment only and do not fit the 256 characters by which a version is told apart: ${parameters.join(', ')}. A change of these values alone publishes no version: change the function, too, or give the parameters a \`maxLength\`.`,
  );
}
