import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { targetOf } from './target.js';

/**
 * Returns true if the app's data may be deleted with its stacks: on the emulators, and with the context
 * `trellis:ephemeral` (a preview environment, for instance).
 */
export function isEphemeral(scope: IConstruct): boolean {
  const declared = scope.node.tryGetContext('trellis:ephemeral');
  return declared === true || declared === 'true' || targetOf(scope) !== 'aws';
}

/**
 * Returns the removal policy of data. It is retained when its stack is deleted or it is replaced, unless the app is
 * ephemeral. Resources of a failed first deployment are deleted in its rollback: each further attempt would leave
 * another one behind.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 *
 * @param isProtected true if the resource has deletion protection, which would stop the rollback
 */
export function dataRemovalPolicy(scope: IConstruct, isProtected = false): RemovalPolicy {
  if (isEphemeral(scope)) return RemovalPolicy.DESTROY;
  return isProtected ? RemovalPolicy.RETAIN : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
}
