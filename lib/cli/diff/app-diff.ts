import { LocalCloudError } from '../../local/index.js';
import type { CostAtRest, PricedResource } from '../../observability/prices.js';
import { costOf } from '../../observability/prices.js';
import { type DataChange, dataChanges } from './data.js';
import { type PermissionChange, permissionChanges } from './permissions.js';
import type { SynthesizedStack, Template } from './templates.js';

/** What a deploy of an app would do, beyond its code. */
export interface AppDiff {
  /** The stacks that are not deployed yet. */
  readonly newStacks: readonly string[];
  /** The stacks that are deployed, but no longer in the app: a deploy leaves them alone. */
  readonly leftStacks: readonly string[];
  readonly data: readonly DataChange[];
  readonly permissions: readonly PermissionChange[];
  readonly cost: { readonly before: CostAtRest; readonly after: CostAtRest };
}

/** @param deployed by the names of stacks */
export function appDiff(
  stacks: readonly SynthesizedStack[],
  deployed: ReadonlyMap<string, Template>,
): AppDiff {
  const after = new Map(stacks.map(({ name, template }) => [name, template]));
  const left = [...deployed.keys()].filter((name) => !after.has(name));
  // What is nested goes with the resource that it is.
  const gone = left.filter((name) => after.has(name.replace(/\/.*/, '')));
  const compared = [...after, ...gone.map((name): [string, Template] => [name, {}])];
  const { fullDiff } = differ();
  const diffs = compared.map(([name, template]) => {
    const old = deployed.get(name) ?? {};
    // It changes what it is given.
    const diff = fullDiff(structuredClone(old), structuredClone(template));
    return {
      data: dataChanges(name, diff),
      permissions: permissionChanges(name, diff, [template, old]),
    };
  });
  return {
    newStacks: [...after.keys()].filter((name) => !deployed.has(name)),
    leftStacks: left.filter((name) => !gone.includes(name)),
    data: diffs.flatMap(({ data }) => data).sort((a, b) => Number(b.lost) - Number(a.lost)),
    permissions: diffs.flatMap(({ permissions }) => permissions),
    cost: {
      before: costOf(resourcesOf(compared.flatMap(([name]) => deployed.get(name) ?? []))),
      after: costOf(resourcesOf(compared.map(([, template]) => template))),
    },
  };
}

function resourcesOf(templates: readonly Template[]): PricedResource[] {
  return templates.flatMap(({ Resources = {} }) =>
    Object.values(Resources).map(({ Type, Properties = {} }) => ({
      type: Type,
      property: (name) => Properties[name],
    })),
  );
}

/** What is behind `cdk diff`: an optional peer, which toolkit-lib brings. */
function differ(): typeof import('@aws-cdk/cloudformation-diff') {
  try {
    return require('@aws-cdk/cloudformation-diff');
  } catch {
    throw new LocalCloudError(
      '`trellis diff` needs the package @aws-cdk/cloudformation-diff, which is not installed.\n' +
        'Install it: npm install --save-dev @aws-cdk/cloudformation-diff',
    );
  }
}
