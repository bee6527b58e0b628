import type { CfnResource } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Target } from './target.js';
import { type Difference, leftOut } from './target-table.js';

/** Support of an emulator for a resource type: it creates it, or the app does without it there. */
export type Support = 'supported' | { readonly leftOut: string; readonly instead: string };

const declared = new WeakMap<IConstruct, Map<string, 'supported' | Difference>>();

/**
 * Declares an emulator's support for resource types that the library's own table lacks or lists differently: for
 * instance, an edition of LocalStack that has Cognito. It applies to all resources in the scope.
 *
 * Without it, a type that the emulator does not support fails the synth for that target, so that nothing is missing
 * there silently.
 *
 * @param support by resource type; `AWS::AppSync::*` stands for all of a service
 *
 * @example
 * import { declareSupport } from 'cdk-trellis';
 *
 * declareSupport(stack, 'local', {
 *   'AWS::AppConfig::Extension': { leftOut: 'MiniStack does not know it', instead: 'nothing depends on it there' },
 * });
 * declareSupport(stack, 'localstack', { 'AWS::Cognito::*': 'supported' });
 */
export function declareSupport(
  scope: IConstruct,
  target: Exclude<Target, 'aws'>,
  support: Readonly<Record<string, Support>>,
): void {
  const known = declared.get(scope) ?? new Map<string, 'supported' | Difference>();
  for (const [type, what] of Object.entries(support)) {
    if (!/^\w+::\w+(::(\w+|\*))?$/.test(type)) {
      throw new Error(
        `A resource type must look like AWS::SQS::Queue or AWS::SQS::*, got "${type}" (at ${scope.node.path || 'the app'})`,
      );
    }
    known.set(`${target} ${type}`, what === 'supported' ? what : leftOut(what.leftOut, what.instead));
  }
  declared.set(scope, known);
}

/** Returns the app's own declaration for a resource; the nearest scope counts. */
export function declaredSupport(resource: CfnResource, target: Target): 'supported' | Difference | undefined {
  for (const scope of [...resource.node.scopes].reverse()) {
    const known = declared.get(scope);
    const found =
      known?.get(`${target} ${resource.cfnResourceType}`) ??
      known?.get(`${target} ${family(resource.cfnResourceType)}`);
    if (found) return found;
  }
  return undefined;
}

/** Returns the pattern of all types of the same service. */
export function family(type: string): string {
  return type.replace(/::\w+$/, '::*');
}
