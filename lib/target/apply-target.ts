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
import { declaredSupport, family } from './declare-support.js';
import { fitTemplate, type Knowledge, type Verdict } from './fit-template.js';
import { LOCAL } from './tables/local.js';
import { LOCALSTACK } from './tables/localstack.js';
import { byEndpoint, type Target, targetOf } from './target.js';
import { type ReportedDifference, summaryOf, writeReport } from './target-report.js';
import type { Difference, TargetTable } from './target-table.js';
import type { Template } from './template.js';

const TABLES: Readonly<Record<Exclude<Target, 'aws'>, TargetTable>> = {
  local: LOCAL,
  localstack: LOCALSTACK,
};

/** Differences found so far, by the root of the app. */
const found = new WeakMap<IConstruct, ReportedDifference[]>();
/** Stages and stacks whose synthesis is replaced already. */
const reached = new WeakSet<IConstruct>();
const reporting = new WeakSet<IConstruct>();

/**
 * Fits the whole app to its target: at the end of synth, resources that the target lacks are removed from the templates
 * of all stacks, and `target-report.json` in the cloud assembly lists them with the reasons. On AWS nothing changes.
 * Every construct of the library calls it; an app that uses none of them may call it itself.
 *
 * @throws Error when the target is an emulator and the credentials are those of a real account
 * @example
 * import { applyTarget } from 'cdk-trellis';
 *
 * applyTarget(stack);
 */
export function applyTarget(scope: IConstruct): void {
  const stage = Stage.of(scope) ?? scope.node.root;
  if (reached.has(stage)) return;
  reached.add(stage);
  const target = targetOf(scope);
  reportOnSynthesis(scope.node.root, target);
  if (target === 'aws') return;
  assertEmulatorCredentials(target);
  Aspects.of(stage).add(
    { visit: (node) => Stack.isStack(node) && fitStack(node, target) },
    { priority: AspectPriority.READONLY },
  );
}

/** Rejects the credentials of a real account: templates for an emulator delete data that templates for AWS keep. */
function assertEmulatorCredentials(target: Target): void {
  const account = process.env.CDK_DEFAULT_ACCOUNT;
  if (!account || /^0+$/.test(account) || byEndpoint() !== 'aws') return;
  throw new Error(
    `Expected the credentials of an emulator for the target ${target}, got those of the account ${account}, where its template would delete data that must be kept.\n` +
      'Set AWS_ENDPOINT_URL to the address of the emulator, or leave out the target for AWS. To see only what is different there: npx trellis report --target ' +
      target,
  );
}

/** Records that the construct creates something else on this target than on AWS. */
export function reportReplacement(
  scope: IConstruct,
  what: Pick<ReportedDifference, 'type' | 'why' | 'instead'>,
): void {
  differencesOf(scope).push({ what: 'replaced', path: scope.node.path, ...what });
}

function differencesOf(scope: IConstruct): ReportedDifference[] {
  const { root } = scope.node;
  if (!found.has(root)) found.set(root, []);
  return found.get(root)!;
}

function reportOnSynthesis(root: IConstruct, target: Target): void {
  if (reporting.has(root) || !App.isApp(root)) return;
  reporting.add(root);
  const differences = differencesOf(root);
  attachCustomSynthesis(root, {
    onSynthesize: ({ outdir }) => {
      const emulator = target === 'aws' ? undefined : TABLES[target].emulator;
      const report = { target, ...(emulator && { emulator }), differences };
      writeReport(outdir, report);
      checkQuotas(root, outdir);
      // The CDK CLI shows it; tests and scripts that synthesize read the file.
      if (target !== 'aws' && process.env.CDK_OUTDIR) console.error(summaryOf(report));
    },
  });
}

/** Replaces the synthesis of a stack, which CDK calls when the stack is complete. */
interface Synthesized {
  _toCloudFormation(): Template;
}

function fitStack(stack: Stack, target: Exclude<Target, 'aws'>): void {
  if (reached.has(stack)) return;
  reached.add(stack);
  const synthesized = stack as unknown as Synthesized;
  const whole = synthesized._toCloudFormation.bind(stack);
  synthesized._toCloudFormation = () => {
    const { template, differences, unknown } = fitTemplate(whole(), knowledgeOf(stack, target));
    if (unknown.length > 0) throw new Error(unknownTypes(unknown, target));
    const all = differencesOf(stack);
    const paths = new Set(differences.map(({ path }) => path));
    // An app can be synthesized again.
    all.splice(
      0,
      all.length,
      ...all.filter(({ what, path }) => what === 'replaced' || !paths.has(path)),
      ...differences,
    );
    return template;
  };
}

function knowledgeOf(stack: Stack, target: Exclude<Target, 'aws'>): Knowledge {
  const { supported, differences } = TABLES[target];
  const types = new Set(supported);
  const own = stack.node
    .findAll()
    .filter((node): node is CfnResource => CfnResource.isCfnResource(node) && node.stack === stack);
  const byId = new Map(own.map((resource) => [stack.resolve(resource.logicalId) as string, resource]));
  return {
    ofType: (type, id): Verdict => {
      const resource = byId.get(id);
      const declared = resource && declaredSupport(resource, target);
      if (declared) return declared;
      if (differences[type]) return differences[type];
      if (types.has(type) || type.startsWith('Custom::')) return 'supported';
      return differences[family(type)];
    },
    ofProperties: (type) => propertiesOf(differences, type),
    pathOf: (id) => byId.get(id)?.node.path ?? `${stack.node.path}/${id}`,
  };
}

function propertiesOf(differences: TargetTable['differences'], type: string): Record<string, Difference> {
  const own = Object.entries(differences).filter(([key]) => key.startsWith(`${type}.`));
  return Object.fromEntries(own.map(([key, difference]) => [key.slice(type.length + 1), difference]));
}

function unknownTypes(
  unknown: readonly { type: string; path: string }[],
  target: Exclude<Target, 'aws'>,
): string {
  const lines = unknown.map(({ type, path }) => `  ${type} (at ${path})`);
  const example = unknown[0]!.type;
  return (
    `Expected only resources that ${TABLES[target].emulator} creates, got:\n${lines.join('\n')}\n` +
    `Declare how each is handled there: declareSupport(app, '${target}', { '${example}': { leftOut: 'why', instead: 'what to do without it' } }), or 'supported' where your edition has it.`
  );
}
