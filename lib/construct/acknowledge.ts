import { Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/**
 * Records why a finding of a security scan is accepted on this construct, next to the resource it is about.
 *
 * @param findings the rule, or one finding of it as in `AwsSolutions-IAM5[Resource::*]`, and the reason
 */
export function acknowledge(construct: IConstruct, findings: Readonly<Record<string, string>>): void {
  const { stackTraceLimit } = Error;
  // CDK records the call's stack with each, at a millisecond for each; the construct's own is enough to find it.
  Error.stackTraceLimit = 0;
  try {
    for (const [id, reason] of Object.entries(findings))
      Validations.of(construct).acknowledge({ id, reason });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
