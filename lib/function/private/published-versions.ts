import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Annotations, type CfnResource, Lazy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Template } from '../../target/template.js';
import { aliasIdOf, type PublishedFunction, versionIdOf } from './release-resources.js';
import { applyReleases, type UnseenValues } from './release-template.js';

/** Whether the version and the alias are constructs already, because somebody asked for them. */
export interface Constructs {
  hasVersion(): boolean;
  hasAlias(): boolean;
}

/** CDK asks the stack for its template once it is complete. */
interface Synthesized {
  _toCloudFormation(): Template;
}

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
  return functions.reduce(
    (sum, [, { hasVersion, hasAlias }]) => sum + Number(!hasVersion()) + Number(!hasAlias()),
    0,
  );
}

/** Gives a construct the id that its resource has in the template without it: CloudFormation must not create another. */
export function takeLogicalId(fn: LambdaFunction, construct: Construct, kind: 'Version' | 'Live'): void {
  const idOf = kind === 'Live' ? aliasIdOf : versionIdOf;
  const produce = () => idOf(logicalId(fn));
  (construct.node.defaultChild as CfnResource).overrideLogicalId(Lazy.uncachedString({ produce }));
}

function publishedFunction(fn: LambdaFunction, constructs: Constructs): PublishedFunction {
  return {
    path: fn.node.path,
    id: logicalId(fn),
    hasVersion: constructs.hasVersion(),
    hasAlias: constructs.hasAlias(),
    hasOwnRole: fn.role !== undefined && fn.role === fn.node.tryFindChild('ServiceRole'),
  };
}

function logicalId(fn: LambdaFunction): string {
  return fn.stack.resolve((fn.node.defaultChild as CfnFunction).logicalId);
}

function warn(stack: Stack, { path, parameters }: UnseenValues): void {
  Annotations.of(stack).addWarningV2(
    `cdk-trellis:valuesOfDeployment:${path}`,
    `${path} depends on values that are known at deployment only and do not fit the 256 characters by which a version is told apart: ${parameters.join(', ')}. A change of these values alone publishes no version: change the function, too, or give the parameters a \`maxLength\`.`,
  );
}
