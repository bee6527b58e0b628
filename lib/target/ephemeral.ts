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

/** Data is kept when its stack is deleted or it is replaced, unless the app is ephemeral. */
export function dataRemovalPolicy(scope: IConstruct): RemovalPolicy {
  return isEphemeral(scope) ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
}
