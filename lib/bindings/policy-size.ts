import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Token } from 'aws-cdk-lib/core';
import { LIMITS } from '../quotas/limits.js';

/** Size of the inline policy, with a reserve for later additions such as a failure queue. */
const MAX_INLINE = LIMITS.iam.inlinePolicyCharacters - 1000;

/** Assumed length of an ARN that is a reference: a resource and a stack with long names. */
const REFERENCE_LENGTH = 160;

/** Length of `{"Action":[],"Effect":"Allow","Resource":[]},`. */
const STATEMENT_OVERHEAD = 48;

/**
 * Splits statements into an inline policy and further managed policies, each within IAM's quota. References count as
 * long ARNs, because their values are not known yet.
 */
export function splitBySize(
  statements: readonly PolicyStatement[],
): [inline: PolicyStatement[], ...managed: PolicyStatement[][]] {
  const parts: [PolicyStatement[], ...PolicyStatement[][]] = [[]];
  let left = MAX_INLINE;
  for (const statement of statements) {
    const size = sizeOf(statement);
    if (size > left && parts.at(-1)!.length > 0) {
      parts.push([]);
      left = LIMITS.iam.managedPolicyCharacters;
    }
    parts.at(-1)!.push(statement);
    left -= size;
  }
  return parts;
}

function sizeOf({ actions, resources, conditions }: PolicyStatement): number {
  const texts = [...actions, ...resources].map(
    (text) => (Token.isUnresolved(text) ? REFERENCE_LENGTH : text.length) + 3,
  );
  const conditionSize = Object.keys(conditions).length > 0 ? JSON.stringify(conditions).length + 13 : 0;
  return texts.reduce((sum, size) => sum + size, STATEMENT_OVERHEAD) + conditionSize;
}
