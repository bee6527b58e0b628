import { resolve } from 'node:path';
import { LocalCloudError } from '../local/index.js';
import { readReport } from '../target/target-report.js';
import { type AppDiff, appDiff } from './diff/app-diff.js';
import { readDeployedStacks } from './diff/deployed.js';
import { type SynthesizedStack, stacksOf, type Template } from './diff/templates.js';
import { formatDiff } from './diff/text.js';
import { type CloudOptions, clientConfig } from './redrive/cloud.js';

export interface DiffOptions extends CloudOptions {
  /** Folder of the synthesized app. */
  readonly app: string;
  /** Folder of another synthesized app to compare with. @default - the deployed stacks */
  readonly from?: string;
  readonly json?: boolean;
  /** Kinds of change that end the command with exit code 1. @default - none */
  readonly failOn?: readonly string[];
}

/** Prints the effects of a deployment on data, permissions and cost. Reads only. */
export async function diff(options: DiffOptions): Promise<void> {
  const { json = false, failOn = [] } = options;
  for (const condition of failOn) {
    if (!Object.hasOwn(CONDITIONS, condition))
      throw new LocalCloudError(`\`--fail-on\` must be data, permissions or rejected, got "${condition}".`);
  }
  const stacks = stacksOf(resolve(options.app));
  const { source, templates } = await readBaseline(options, stacks);
  const changes = appDiff(stacks, templates);
  if (json) console.log(JSON.stringify(changes, null, 2));
  else console.log(`Compared with ${source}\n${formatDiff(changes)}`);
  const met = failOn.filter((name) => CONDITIONS[name as keyof typeof CONDITIONS].isMet(changes));
  if (met.length > 0) {
    const effects = met.map((name) => CONDITIONS[name as keyof typeof CONDITIONS].effect).join(', ');
    throw new LocalCloudError(`--fail-on ${met.join(' ')}: this deployment would ${effects}.`);
  }
}

/** Conditions of `--fail-on`. */
const CONDITIONS = {
  data: {
    effect: 'lose data',
    isMet: ({ data }: AppDiff) => data.some(({ lost }) => lost),
  },
  permissions: {
    effect: 'allow more',
    isMet: ({ permissions }: AppDiff) =>
      permissions.some(({ change }) => change === 'allowed' || change === 'no longer denied'),
  },
  rejected: {
    effect: 'be rejected by AWS',
    isMet: ({ rejected }: AppDiff) => rejected.length > 0,
  },
};

/** Templates that the app is compared with. */
interface Baseline {
  /** Printed name of their source. */
  readonly source: string;
  readonly templates: ReadonlyMap<string, Template>;
}

async function readBaseline(options: DiffOptions, stacks: readonly SynthesizedStack[]): Promise<Baseline> {
  const { app, from, target = 'local', profile } = options;
  if (from !== undefined) {
    const templates = new Map(stacksOf(resolve(from)).map(({ name, template }) => [name, template]));
    return { source: from, templates };
  }
  const config = await clientConfig(options);
  assertSynthesizedFor(resolve(app), target);
  const { account, templates } = await readDeployedStacks(config, stacks);
  if (target === 'local') return { source: 'the local cloud', templates };
  return {
    source: account ? `the account ${account} (${profile})` : `an account without its stacks (${profile})`,
    templates,
  };
}

/** Rejects an app that was synthesized for another target: resources left out there would be reported as deleted. */
function assertSynthesizedFor(folder: string, target: string): void {
  const appTarget = readReport(folder)?.target;
  // An app without constructs of this library is the same on every target.
  if (appTarget === undefined || appTarget === target) return;
  const context = target === 'aws' ? '' : ` -c target=${target}`;
  throw new LocalCloudError(
    `The app in ${folder} is synthesized for ${appTarget}, but \`--target\` is ${target}.\nRun \`npx cdk synth${context}\` first.`,
  );
}
