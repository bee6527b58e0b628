import { App, Stack } from 'aws-cdk-lib/core';
import { CURRENT_VERSION_EXPIRED_FLAGS, FLAGS } from 'aws-cdk-lib/cx-api';

export { stableTemplate } from 'cdk-trellis/testing';

/** An empty stack in an app of its own. */
export function newStack(context: Record<string, unknown> = {}): Stack {
  return new Stack(new App({ context }), 'Stack');
}

/** The feature flags that `cdk init` switches on in a new app. */
export const RECOMMENDED_FLAGS: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(FLAGS)
    .filter(([name]) => !CURRENT_VERSION_EXPIRED_FLAGS.includes(name))
    .map(([name, { recommendedValue }]) => [name, recommendedValue]),
);
