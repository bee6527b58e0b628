import type { CfnResource } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Target } from './target.js';
import { type Difference, leftOut, serviceWildcard } from './target-table.js';

/** Support of an emulator for a type: it is created, or left out. */
export type Support = 'supported' | { readonly leftOut: string; readonly instead: string };

const declared = new WeakMap<IConstruct, Map<string, 'supported' | Difference>>();

/**
 * Declares the support of an emulator for resource types that are not in the library's table, or overrides the table:
 * for an edition of LocalStack with Cognito, for instance. It applies to all resources in the scope.
 *
 * Without it, an unsupported type fails the synth for that target, so that no resource is missing unnoticed.
 *
 * @param support support by resource type; `AWS::AppSync::*` matches all types of a service
 *
 * @example
 * import { declareSupport } from 'cdk-trellis';
 *
 * declareSupport(stack, 'local', {
 *   'AWS::AppConfig::Extension': { leftOut: 'MiniStack does not support it', instead: 'nothing depends on it' },
 * });
 * declareSupport(stack, 'localstack', { 'AWS::Cognito::*': 'supported' });
 */
export function declareSupport(
  scope: IConstruct,
  target: Exclude<Target, 'aws'>,
  support: Readonly<Record<string, Support>>,
): void {
  const declarations = declared.get(scope) ?? new Map<string, 'supported' | Difference>();
  for (const [type, value] of Object.entries(support)) {
    if (!/^\w+::\w+(::(\w+|\*))?$/.test(type)) {
      throw new Error(
        `A resource type must look like AWS::SQS::Queue or AWS::SQS::*, got "${type}" (at ${scope.node.path || 'the app'})`,
      );
    }
    declarations.set(
      `${target} ${type}`,
      value === 'supported' ? value : leftOut(value.leftOut, value.instead),
    );
  }
  declared.set(scope, declarations);
}

/** Returns the app's declaration for a resource; the nearest scope takes precedence. */
export function declaredSupport(resource: CfnResource, target: Target): 'supported' | Difference | undefined {
  for (const scope of [...resource.node.scopes].reverse()) {
    const declarations = declared.get(scope);
    const found =
      declarations?.get(`${target} ${resource.cfnResourceType}`) ??
      declarations?.get(`${target} ${serviceWildcard(resource.cfnResourceType)}`);
    if (found) return found;
  }
  return undefined;
}
