import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { CURRENT_VERSION_EXPIRED_FLAGS, FLAGS } from 'aws-cdk-lib/cx-api';

/** A template whose snapshot changes only when the resources do: hashes of code are masked. */
export function stableTemplate(stack: Stack): Record<string, unknown> {
  const masked = JSON.stringify(Template.fromStack(stack).toJSON()).replace(/\b[0-9a-f]{64}\b/g, '<hash>');
  const { Parameters, Rules, Conditions, ...template } = JSON.parse(masked);
  const own = Object.entries(Parameters ?? {}).filter(([name]) => name !== 'BootstrapVersion');
  return { ...(own.length > 0 && { Parameters: Object.fromEntries(own) }), ...template };
}

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
