import type { CfnResource } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Target } from './target.js';
import { type Difference, leftOut } from './target-table.js';

/** What an emulator does with a type: it creates it, or the app does without it there. */
export type Support = 'supported' | { readonly leftOut: string; readonly instead: string };

const declared = new WeakMap<IConstruct, Map<string, 'supported' | Difference>>();

/**
 * Says what an emulator makes of resource types that the library's own table does not know, or of which it says
 * otherwise: on an edition of LocalStack that has Cognito, for instance. It holds for all resources in the scope.
 *
 * Without it, a type that the emulator does not support stops the synth for that target, so that nothing is missing
 * there unseen.
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

/** What the app itself says of a resource; the nearest scope counts. */
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

/** All types of the same service. */
export function family(type: string): string {
  return type.replace(/::\w+$/, '::*');
}
