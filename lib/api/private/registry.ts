import { type CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * Writes into the template which output is which API's address, so that tools can tell without guessing by names:
 * `Metadata: { "cdk-trellis": { "apis": { "products": "<output>" } } }`.
 *
 * @throws Error when the stack has an API of that name already
 */
export function registerApi(scope: Construct, name: string, url: CfnOutput): void {
  const options = Stack.of(scope).templateOptions;
  const known = options.metadata?.['cdk-trellis'] as { apis?: Record<string, string> } | undefined;
  const apis = known?.apis ?? {};
  if (name in apis) {
    throw new Error(
      `The stack has an API "${name}" already: give each contract a name of its own (at ${scope.node.path})`,
    );
  }
  options.metadata = {
    ...options.metadata,
    'cdk-trellis': { ...known, apis: { ...apis, [name]: url.logicalId } },
  };
}
