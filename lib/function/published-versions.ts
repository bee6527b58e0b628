import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Annotations, type CfnResource, Lazy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Template } from '../target/template.js';
import { aliasIdOf, type PublishedFunction, versionIdOf } from './private/release-resources.js';
import { applyReleases, type OmittedValues } from './private/release-template.js';

/** The version and the alias, if they exist as constructs. */
export interface Constructs {
  version(): Construct | undefined;
  alias(): Construct | undefined;
}

/** CDK's internal method that returns the template of a complete stack. */
interface Synthesized {
  _toCloudFormation(): Template;
}

/** Longest timeout of functions whose role is replaced; functions behind an API have a shorter one. */
const MAX_SECONDS = 30;

const published = new WeakMap<Stack, (readonly [fn: LambdaFunction, constructs: Constructs])[]>();

/**
 * Adds a version and an alias to a function; a new version is published whenever its code, configuration or
 * dependencies change. Both are added to the stack's finished template: CDK's constructs, with their hash of the
 * function, cost 2.4 ms for each function.
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
  const toCloudFormation = synthesized._toCloudFormation.bind(stack);
  synthesized._toCloudFormation = () =>
    applyReleases(
      toCloudFormation(),
      functions.map((entry) => publishedFunction(...entry)),
      (omitted) => warn(stack, omitted),
    );
}

/** Returns the number of resources in the stack's template that are not constructs. */
export function addedResources(stack: Stack): number {
  const functions = published.get(stack) ?? [];
  const countOf = (fn: LambdaFunction, { version, alias }: Constructs) =>
    Number(!version()) + Number(!alias()) + Number(hasOwnRole(fn) && !isShort(fn));
  return functions.reduce((sum, entry) => sum + countOf(...entry), 0);
}

/**
 * Sets the logical id that a construct's resource has in the template without the construct, so that CloudFormation
 * does not create another one.
 */
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
    onPermissions: hasOwnRole(fn) ? (isShort(fn) ? 'replaceRole' : 'replacePolicy') : undefined,
  };
}

function hasOwnRole(fn: LambdaFunction): boolean {
  return fn.role !== undefined && fn.role === fn.node.tryFindChild('ServiceRole');
}

/**
 * Returns true if no invocation outlasts the clean-up, in which a replaced role is deleted, seconds after the switch.
 */
function isShort({ timeout }: LambdaFunction): boolean {
  return timeout !== undefined && !timeout.isUnresolved() && timeout.toSeconds() <= MAX_SECONDS;
}

function logicalId(construct: Construct): string {
  return Stack.of(construct).resolve((construct.node.defaultChild as CfnResource).logicalId);
}

function warn(stack: Stack, { path, parameters }: OmittedValues): void {
  Annotations.of(stack).addWarningV2(
    `cdk-trellis:valuesOfDeployment:${path}`,
    `${path} depends on values that are known at deployment only and do not fit the 256 characters of a version's description: ${parameters.join(', ')}. A change of only these values publishes no version. Change the function, too, or set a \`maxLength\` of the parameters.`,
  );
}
