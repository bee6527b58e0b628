import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, Stage, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { DeployedTemplate, Template } from '../quotas/template.js';
import { describeUse, exceeded, type Use, usesOf } from '../quotas/uses.js';

/** Context key; `warn` reports exceeded limits as warnings. */
export const QUOTAS_KEY = 'trellis:quotas';

/**
 * Validates the templates of an app against limits of AWS that are in no schema, so that errors appear at synth instead
 * of minutes into a deployment. Limits that AWS raises on request are only reported.
 *
 * Generated names and ARNs are estimated with the length that CloudFormation gives them.
 *
 * @throws Error with each construct that exceeds a limit, the amount and the remedy
 */
export function checkQuotas(root: IConstruct, outdir: string): void {
  const excess = exceeded(usesOf(writtenTemplates(root, outdir)));
  const isWarning = root.node.tryGetContext(QUOTAS_KEY) === 'warn';
  const [errors, warnings] = isWarning ? [[], excess] : partition(excess);
  // Printed for the CDK CLI: annotations are written before this point.
  if (process.env.CDK_OUTDIR) for (const use of warnings) console.error(`Warning: ${lineOf(use)}`);
  if (errors.length === 0) return;
  throw new Error(
    `This app exceeds ${errors.length === 1 ? 'a limit' : 'limits'} of AWS:\n` +
      errors.map((use) => `  ${lineOf(use)}\n`).join('') +
      `To deploy nevertheless, pass \`-c ${QUOTAS_KEY}=warn\`.`,
  );
}

function lineOf(use: Use): string {
  return `${describeUse(use)}. ${use.remedy}`;
}

function partition(uses: readonly Use[]): [errors: Use[], warnings: Use[]] {
  return [uses.filter(({ isAdjustable }) => !isAdjustable), uses.filter(({ isAdjustable }) => isAdjustable)];
}

function writtenTemplates(root: IConstruct, outdir: string): Record<string, DeployedTemplate> {
  const stacks = root.node.findAll().filter(Stack.isStack);
  return Object.fromEntries(
    stacks.map((stack) => {
      const stage = Stage.of(stack);
      const folder = stage === undefined || stage === root ? outdir : stage.outdir;
      return [stack.node.path, { template: read(join(folder, stack.templateFile)), ...environmentOf(stack) }];
    }),
  );
}

function environmentOf({ stackName, region, account, node }: Stack): Omit<DeployedTemplate, 'template'> {
  return {
    stackName: Token.isUnresolved(stackName) ? node.id : stackName,
    ...(!Token.isUnresolved(region) && { region }),
    ...(!Token.isUnresolved(account) && { account }),
  };
}

/** Returns the template, or an empty one: a stack with a custom synthesis may write none. */
function read(file: string): Template {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Template;
  } catch {
    return {};
  }
}
