import type { Stage } from 'aws-cdk-lib/core';
import type { NagPack } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { peer } from './peer.js';

/** Something that a security scan finds and nobody has acknowledged. */
export interface SecurityFinding {
  /** As in `AwsSolutions-S1`; it is what an acknowledgement names. */
  readonly rule: string;
  /** The path of the construct. */
  readonly path: string;
  readonly description: string;
}

/**
 * What [cdk-nag](https://github.com/cdklabs/cdk-nag)'s packs AwsSolutions and Serverless find in a stack or an app,
 * and nobody has acknowledged.
 *
 * @throws Error when cdk-nag is not installed
 */
export function securityFindings(scope: IConstruct): SecurityFinding[] {
  const { AwsSolutionsChecks, ServerlessChecks } = peer<typeof import('cdk-nag')>('cdk-nag', 'expectSecure');
  // Some findings are acknowledged when templates are written: what they are about is known only then.
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
 * Fails when cdk-nag's packs AwsSolutions and Serverless find something in a stack or an app that nobody has
 * acknowledged.
 *
 * @throws Error that lists each finding, where it is and what to do
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
    `Expected cdk-nag to find nothing, got:${list}\nRepair it, or say why it is right: \`Validations.of(construct).acknowledge({ id: '${findings[0]?.rule}', reason: '...' })\``,
  );
}
