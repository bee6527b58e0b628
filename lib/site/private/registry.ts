import { type CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * Writes into the template which output is the address of the distribution, so that tools can tell without guessing by
 * names: `Metadata: { "cdk-trellis": { "site": "<output>" } }`. The first site of a stack is the one.
 */
export function registerSite(scope: Construct, url: CfnOutput): void {
  const options = Stack.of(scope).templateOptions;
  const known = options.metadata?.['cdk-trellis'] as { site?: string } | undefined;
  options.metadata = { ...options.metadata, 'cdk-trellis': { site: url.logicalId, ...known } };
}
