import {
  App,
  AspectPriority,
  Aspects,
  attachCustomSynthesis,
  CfnResource,
  Stack,
  Stage,
} from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { checkQuotas } from './check-quotas.js';
import { declaredSupport } from './declare-support.js';
import { fitTemplate, type TargetSupport } from './fit-template.js';
import { TABLES } from './tables/tables.js';
import { reasonOfTarget, type Target, targetOf, targetOfEndpoint } from './target.js';
import { type ReportedDifference, summaryOf, writeReport } from './target-report.js';
import { propertyDifferences, verdictOf } from './target-table.js';
import type { Template } from './template.js';
import { unknownTypes } from './unknown-types.js';

/** Differences found so far, by the root of the app. */
const differencesByApp = new WeakMap<IConstruct, ReportedDifference[]>();
/** Template files of the stacks that are adapted to their target, by the root of the app. */
const fittedFiles = new WeakMap<IConstruct, Set<string>>();
/** Stages and stacks that were already adapted to their target. */
const adapted = new WeakSet<IConstruct>();
const reporting = new WeakSet<IConstruct>();

/**
 * Adapts the construct's whole app to its target: at the end of synth, unsupported resources and properties are removed
 * from the templates of all stacks, and `target-report.json` in the folder of the synthesized app lists them with the
 * reasons. On AWS nothing changes. Every construct of the library calls it; an app without such constructs may call it
 * itself.
 *
 * @throws Error if the target is an emulator but the credentials are those of a real account
 * @example
 * import { applyTarget } from 'cdk-trellis';
 *
 * applyTarget(stack);
 */
export function applyTarget(scope: IConstruct): void {
  const stage = Stage.of(scope) ?? scope.node.root;
  if (adapted.has(stage)) return;
  adapted.add(stage);
  const target = targetOf(scope);
  reportOnSynthesis(scope.node.root, target);
  if (target === 'aws') return;
  assertNoRealAccount(target);
  Aspects.of(stage).add(
    { visit: (node) => Stack.isStack(node) && fitStack(node, target) },
    { priority: AspectPriority.READONLY },
  );
}

/**
 * Asserts that a template for an emulator never gets to a real account: it deletes data that the template for AWS
 * retains.
 */
function assertNoRealAccount(target: Target): void {
  const account = process.env.CDK_DEFAULT_ACCOUNT;
  if (!account || /^0+$/.test(account) || targetOfEndpoint() !== 'aws') return;
  throw new Error(
    `Expected the credentials of an emulator for the target ${target}, got those of the account ${account}, where its template would delete data that must be retained.\n` +
      'Set AWS_ENDPOINT_URL to the address of the emulator, or omit the target to deploy to AWS. To list the differences: npx trellis report --target ' +
      target,
  );
}

/** Records that a construct is replaced by another one on this target. */
export function reportReplacement(
  scope: IConstruct,
  what: Pick<ReportedDifference, 'type' | 'why' | 'instead'>,
): void {
  differencesOf(scope).push({ what: 'replaced', path: scope.node.path, ...what });
}

function differencesOf(scope: IConstruct): ReportedDifference[] {
  const { root } = scope.node;
  if (!differencesByApp.has(root)) differencesByApp.set(root, []);
  return differencesByApp.get(root)!;
}

function reportOnSynthesis(root: IConstruct, target: Target): void {
  if (reporting.has(root) || !App.isApp(root)) return;
  reporting.add(root);
  const differences = differencesOf(root);
  attachCustomSynthesis(root, {
    onSynthesize: ({ outdir }) => {
      const emulator = target === 'aws' ? undefined : TABLES[target].emulator;
      const fitted = [...(fittedFiles.get(root) ?? [])];
      const report = { target, ...(emulator && { emulator }), differences, fitted };
      writeReport(outdir, report);
      checkQuotas(root, outdir);
      // Printed for the CDK CLI; tests and scripts that synthesize read the file.
      if (target === 'aws' || !process.env.CDK_OUTDIR) return;
      const reason = reasonOfTarget(root);
      if (reason) console.error(reason);
      console.error(summaryOf(report));
    },
  });
}

/** CDK's internal method that returns the template of a complete stack. */
interface Synthesized {
  _toCloudFormation(): Template;
}

function fitStack(stack: Stack, target: Exclude<Target, 'aws'>): void {
  if (adapted.has(stack)) return;
  adapted.add(stack);
  const synthesized = stack as unknown as Synthesized;
  const toCloudFormation = synthesized._toCloudFormation.bind(stack);
  synthesized._toCloudFormation = () => {
    const { template, differences, unknown } = fitTemplate(toCloudFormation(), supportOf(stack, target));
    if (unknown.length > 0) throw new Error(unknownTypes(unknown, target));
    const files = fittedFiles.get(stack.node.root) ?? new Set<string>();
    fittedFiles.set(stack.node.root, files.add(stack.templateFile));
    const all = differencesOf(stack);
    const paths = new Set(differences.map(({ path }) => path));
    // Replaces the differences of an earlier synth of the app.
    all.splice(
      0,
      all.length,
      ...all.filter(({ what, path }) => what === 'replaced' || !paths.has(path)),
      ...differences,
    );
    return template;
  };
}

function supportOf(stack: Stack, target: Exclude<Target, 'aws'>): TargetSupport {
  const resources = stack.node
    .findAll()
    .filter((node): node is CfnResource => CfnResource.isCfnResource(node) && node.stack === stack);
  const byId = new Map(resources.map((resource) => [stack.resolve(resource.logicalId) as string, resource]));
  const table = TABLES[target];
  return {
    ofResource: (id, { Type, Properties }) => {
      const resource = byId.get(id);
      return (resource && declaredSupport(resource, target)) ?? verdictOf(table, Type, Properties);
    },
    ofProperties: (type) => propertyDifferences(table, type),
    pathOf: (id) => byId.get(id)?.node.path ?? `${stack.node.path}/${id}`,
  };
}
