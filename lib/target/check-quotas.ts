import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, Stage, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { DeployedTemplate, Template } from '../quotas/template.js';
import { beyond, describedUse, type Use, usesOf } from '../quotas/uses.js';

/** Context key; `warn` reports what is over a limit and goes on. */
export const QUOTAS_KEY = 'trellis:quotas';

/**
 * Holds the written templates of an app against limits of AWS that are in no schema, so that they fail here instead of
 * minutes into a deployment. Limits that AWS raises on request are only reported.
 *
 * Names and ARNs that a deployment makes are estimated in the length that CloudFormation gives them.
 *
 * @throws Error naming each construct that is over a limit, by how much, and the remedy
 */
export function checkQuotas(root: IConstruct, outdir: string): void {
  const over = beyond(usesOf(writtenTemplates(root, outdir)));
  const isWarning = root.node.tryGetContext(QUOTAS_KEY) === 'warn';
  const [errors, warnings] = isWarning ? [[], over] : partition(over);
  // The CDK CLI shows it; annotations have been written by now.
  if (process.env.CDK_OUTDIR) for (const use of warnings) console.error(`Warning: ${lineOf(use)}`);
  if (errors.length === 0) return;
  throw new Error(
    `AWS would refuse this app, which is over ${errors.length === 1 ? 'a limit' : 'limits'}:\n` +
      errors.map((use) => `  ${lineOf(use)}\n`).join('') +
      `If that is wrong, go on with \`-c ${QUOTAS_KEY}=warn\`.`,
  );
}

function lineOf(use: Use): string {
  return `${describedUse(use)}. ${use.remedy}`;
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
      return [stack.node.path, { template: read(join(folder, stack.templateFile)), ...placeOf(stack) }];
    }),
  );
}

function placeOf({ stackName, region, account, node }: Stack): Omit<DeployedTemplate, 'template'> {
  return {
    stackName: Token.isUnresolved(stackName) ? node.id : stackName,
    ...(!Token.isUnresolved(region) && { region }),
    ...(!Token.isUnresolved(account) && { account }),
  };
}

/** A stack whose synthesis was replaced may write none. */
function read(file: string): Template {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Template;
  } catch {
    return {};
  }
}
