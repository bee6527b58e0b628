import { type CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * Adds the output with an API's URL to the template's metadata, where tools find it:
 * `Metadata: { "cdk-trellis": { "apis": { "products": "<output>" } } }`.
 *
 * @throws Error when the stack already has an API with that name
 */
export function registerApi(scope: Construct, name: string, url: CfnOutput): void {
  const options = Stack.of(scope).templateOptions;
  const registered = options.metadata?.['cdk-trellis'] as { apis?: Record<string, string> } | undefined;
  const apis = registered?.apis ?? {};
  if (name in apis) {
    throw new Error(
      `\`contract\` must have a unique name in the stack, got "${name}", which another Api has (at ${scope.node.path})`,
    );
  }
  options.metadata = {
    ...options.metadata,
    'cdk-trellis': { ...registered, apis: { ...apis, [name]: url.logicalId } },
  };
}
