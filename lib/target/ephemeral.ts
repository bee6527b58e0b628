import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { targetOf } from './target.js';

/**
 * Whether what the app holds may go with its stacks: on the emulators, and where the context
 * `trellis:ephemeral` says so (a preview environment, for instance).
 */
export function isEphemeral(scope: IConstruct): boolean {
  const declared = scope.node.tryGetContext('trellis:ephemeral');
  return declared === true || declared === 'true' || targetOf(scope) !== 'aws';
}

/**
 * Data is kept when its stack is deleted or it is replaced, unless the app is ephemeral. What a failed first deployment
 * has made goes when that is rolled back: each further try would leave another one behind.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 *
 * @param isProtected whether the resource is protected from deletion, which would stop the rolling back
 */
export function dataRemovalPolicy(scope: IConstruct, isProtected = false): RemovalPolicy {
  if (isEphemeral(scope)) return RemovalPolicy.DESTROY;
  return isProtected ? RemovalPolicy.RETAIN : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
}
