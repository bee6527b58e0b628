import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Token } from 'aws-cdk-lib/core';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, less what is added later (a queue for failures, say) */
const MAX_INLINE = 10_240 - 1_000;
const MAX_MANAGED = 6_144;

/** An ARN that is a reference, of a resource with a long name in a stack with one. */
const REFERENCE = 160;

/** `{"Action":[],"Effect":"Allow","Resource":[]},` */
const AROUND = 48;

/**
 * Splits statements into those of an inline policy and those of further managed policies, each within what IAM takes.
 * References are counted in the length of a long ARN, which is rather too much: nothing of it is known yet.
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
      left = MAX_MANAGED;
    }
    parts.at(-1)!.push(statement);
    left -= size;
  }
  return parts;
}

function sizeOf({ actions, resources, conditions }: PolicyStatement): number {
  const texts = [...actions, ...resources].map(
    (text) => (Token.isUnresolved(text) ? REFERENCE : text.length) + 3,
  );
  const conditionSize = Object.keys(conditions).length > 0 ? JSON.stringify(conditions).length + 13 : 0;
  return texts.reduce((sum, size) => sum + size, AROUND) + conditionSize;
}
