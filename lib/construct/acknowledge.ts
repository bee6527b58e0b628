import { Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/**
 * Records why findings of security scans are accepted on a construct.
 *
 * @param findings the reason by rule (`AwsSolutions-S1`) or by finding (`AwsSolutions-IAM5[Resource::*]`)
 */
export function acknowledge(construct: IConstruct, findings: Readonly<Record<string, string>>): void {
  const { stackTraceLimit } = Error;
  // CDK records a stack trace with each acknowledgement, which takes a millisecond; the construct's own is enough.
  Error.stackTraceLimit = 0;
  try {
    for (const [id, reason] of Object.entries(findings))
      Validations.of(construct).acknowledge({ id, reason });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
