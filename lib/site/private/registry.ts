import { type CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * Adds the output with the site's URL to the template's metadata, where tools find it:
 * `Metadata: { "cdk-trellis": { "site": "<output>" } }`. The first site of a stack is registered.
 */
export function registerSite(scope: Construct, url: CfnOutput): void {
  const options = Stack.of(scope).templateOptions;
  const registered = options.metadata?.['cdk-trellis'] as { site?: string } | undefined;
  options.metadata = { ...options.metadata, 'cdk-trellis': { site: url.logicalId, ...registered } };
}
