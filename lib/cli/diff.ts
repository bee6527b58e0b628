import { resolve } from 'node:path';
import { LocalCloudError } from '../local/index.js';
import { readReport } from '../target/target-report.js';
import { type AppDiff, appDiff } from './diff/app-diff.js';
import { deployedStacks } from './diff/deployed.js';
import { type SynthesizedStack, stacksOf, type Template } from './diff/templates.js';
import { described } from './diff/text.js';
import { type CloudOptions, clientConfig } from './redrive/cloud.js';

export interface DiffOptions extends CloudOptions {
  /** The folder of the synthesized app. */
  readonly app: string;
  /** The folder of another one, in place of what is deployed. */
  readonly from?: string;
  readonly json?: boolean;
  /** What it ends with 1 for. @default - nothing */
  readonly failOn?: readonly string[];
}

/** Says what a deploy would do to data, permissions and cost. It reads only. */
export async function diff(options: DiffOptions): Promise<void> {
  const { json = false, failOn = [] } = options;
  for (const what of failOn) {
    if (!Object.hasOwn(HAPPENS, what))
      throw new LocalCloudError(`\`--fail-on\` must be data, permissions or refused, got "${what}".`);
  }
  const stacks = stacksOf(resolve(options.app));
  const { where, templates } = await before(options, stacks);
  const found = appDiff(stacks, templates);
  if (json) console.log(JSON.stringify(found, null, 2));
  else console.log(`Compared with ${where}\n${described(found)}`);
  const reasons = failOn.filter((what) => HAPPENS[what as keyof typeof HAPPENS](found));
  if (reasons.length > 0) {
    throw new LocalCloudError(`It must not be deployed as it is: ${reasons.join(', ')} (\`--fail-on\`).`);
  }
}

const HAPPENS = {
  data: ({ data }: AppDiff) => data.some(({ lost }) => lost),
  permissions: ({ permissions }: AppDiff) =>
    permissions.some(({ what }) => what === 'allowed' || what === 'no longer denied'),
  refused: ({ refused }: AppDiff) => refused.length > 0,
};

interface Before {
  readonly where: string;
  readonly templates: ReadonlyMap<string, Template>;
}

async function before(options: DiffOptions, stacks: readonly SynthesizedStack[]): Promise<Before> {
  const { app, from, target = 'local', profile } = options;
  if (from !== undefined) {
    const templates = new Map(stacksOf(resolve(from)).map(({ name, template }) => [name, template]));
    return { where: from, templates };
  }
  const config = await clientConfig(options);
  assertMadeFor(resolve(app), target);
  const { account, templates } = await deployedStacks(config, stacks);
  if (target === 'local') return { where: 'the local cloud', templates };
  return {
    where: account ? `the account ${account} (${profile})` : `an account without its stacks (${profile})`,
    templates,
  };
}

/** What is left out on one target must not look as if it were deleted on another. */
function assertMadeFor(folder: string, target: string): void {
  const made = readReport(folder)?.target;
  // An app without anything of this library is the same on every target.
  if (made === undefined || made === target) return;
  const context = target === 'aws' ? '' : ` -c target=${target}`;
  throw new LocalCloudError(
    `The app in ${folder} is synthesized for ${made}, but \`--target\` is ${target}.\nRun \`npx cdk synth${context}\` first.`,
  );
}
