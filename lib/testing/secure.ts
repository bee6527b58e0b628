import type { Stage } from 'aws-cdk-lib/core';
import type { NagPack } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { peer } from './peer.js';

/** Finding of a security scan that is not acknowledged. */
export interface SecurityFinding {
  /** Id of the rule, for example `AwsSolutions-S1`; an acknowledgement uses it. */
  readonly rule: string;
  /** Path of the construct. */
  readonly path: string;
  readonly description: string;
}

/**
 * Returns the findings of [cdk-nag](https://github.com/cdklabs/cdk-nag)'s packs AwsSolutions and Serverless in a stack
 * or an app, except acknowledged ones.
 *
 * @throws Error when cdk-nag is not installed
 */
export function securityFindings(scope: IConstruct): SecurityFinding[] {
  const { AwsSolutionsChecks, ServerlessChecks } = peer<typeof import('cdk-nag')>('cdk-nag', 'expectSecure');
  // Some findings are acknowledged during synthesis, when their resources exist.
  (scope.node.root as Stage).synth();
  const packs: NagPack[] = [new AwsSolutionsChecks(), new ServerlessChecks()];
  return packs.flatMap((pack) =>
    pack.validateScope(scope).violations.flatMap(({ ruleName, description, violatingResources }) =>
      violatingResources.map(({ constructPath = scope.node.path }) => ({
        rule: ruleName,
        path: constructPath,
        description,
      })),
    ),
  );
}

/**
 * Asserts that cdk-nag's packs AwsSolutions and Serverless have no findings in a stack or an app, except acknowledged
 * ones.
 *
 * @throws Error with each finding, its path and the remedy
 * @example
 * import { DataTable } from 'cdk-trellis';
 * import { expectSecure } from 'cdk-trellis/testing';
 *
 * new DataTable(stack, 'Orders', { partitionKey: 'orderId' });
 * expectSecure(stack);
 */
export function expectSecure(scope: IConstruct): void {
  const findings = securityFindings(scope);
  if (findings.length === 0) return;
  const list = findings
    .map(({ rule, path, description }) => `\n- ${rule} at ${path}: ${description}`)
    .join('');
  throw new Error(
    `Expected no findings of cdk-nag, got:${list}\nFix it, or acknowledge it with a reason: \`Validations.of(construct).acknowledge({ id: '${findings[0]?.rule}', reason: '...' })\``,
  );
}
