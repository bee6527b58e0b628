import { dirname } from 'node:path';
import { LocalCloudError } from '../../local/index.js';
import type { CostAtRest, PricedResource } from '../../observability/prices.js';
import { costOf } from '../../observability/prices.js';
import { type DataChange, dataChanges, holdsData, type LocatedDataChange } from './data.js';
import { takenNames } from './names.js';
import { type PermissionChange, permissionChanges } from './permissions.js';
import { rejectedUpdates } from './rejected-updates.js';
import type { Rejection } from './rejection.js';
import type { SynthesizedStack, Template } from './templates.js';

/** Effects of deploying an app, except changes of its code. */
export interface AppDiff {
  /** Stacks that are not deployed yet. */
  readonly newStacks: readonly string[];
  /** Stacks that are deployed but no longer in the app: a deployment does not change them. */
  readonly leftStacks: readonly string[];
  readonly data: readonly DataChange[];
  readonly permissions: readonly PermissionChange[];
  /** Changes that AWS rejects, so that the deployment fails. */
  readonly rejected: readonly Rejection[];
  readonly cost: { readonly before: CostAtRest; readonly after: CostAtRest };
}

/**
 * Compares an app with the deployed templates.
 *
 * @param deployed templates by stack name
 */
export function appDiff(
  stacks: readonly SynthesizedStack[],
  deployed: ReadonlyMap<string, Template>,
): AppDiff {
  const { after, left, gone, compared } = pairsOf(stacks, deployed);
  const { fullDiff } = loadCloudFormationDiff();
  const diffs = compared.map(([name, template]) => {
    const old = deployed.get(name) ?? {};
    // `fullDiff` mutates its arguments.
    const diff = fullDiff(structuredClone(old), structuredClone(template));
    return {
      data: dataChanges(name, diff).map(({ change }) => change),
      permissions: permissionChanges(name, diff, [template, old]),
      rejected: rejectedUpdates(name, diff),
    };
  });
  return {
    newStacks: [...after.keys()].filter((name) => !deployed.has(name)),
    leftStacks: left.filter((name) => !gone.includes(name)),
    data: diffs.flatMap(({ data }) => data).sort((a, b) => Number(b.lost) - Number(a.lost)),
    permissions: diffs.flatMap(({ permissions }) => permissions),
    rejected: [...diffs.flatMap(({ rejected }) => rejected), ...takenNames(stacks, deployed)],
    cost: {
      before: costOf(resourcesOf(compared.flatMap(([name]) => deployed.get(name) ?? []))),
      after: costOf(resourcesOf(compared.map(([, template]) => template))),
    },
  };
}

/** Returns the resources whose data a deployment would lose by deleting or replacing them. */
export function lostResources(
  stacks: readonly SynthesizedStack[],
  deployed: ReadonlyMap<string, Template>,
): LocatedDataChange[] {
  const changed = pairsOf(stacks, deployed).compared.filter(([name, template]) => {
    const old = deployed.get(name);
    return old !== undefined && holdsData(old) && JSON.stringify(old) !== JSON.stringify(template);
  });
  // The schemas of CloudFormation are slow to load.
  if (changed.length === 0) return [];
  const { fullDiff } = loadCloudFormationDiff();
  return changed
    .flatMap(([name, template]) =>
      dataChanges(name, fullDiff(structuredClone(deployed.get(name) ?? {}), structuredClone(template))),
    )
    .filter(({ change }) => change.lost && change.change !== 'keeps less');
}

function pairsOf(stacks: readonly SynthesizedStack[], deployed: ReadonlyMap<string, Template>) {
  const after = new Map(stacks.map(({ name, template }) => [name, template]));
  const left = [...deployed.keys()].filter((name) => !after.has(name));
  // A nested stack is deleted with its resource in the parent stack.
  const gone = left.filter((name) => after.has(name.replace(/\/.*/, '')));
  const compared = [...after, ...gone.map((name): [string, Template] => [name, {}])];
  return { after, left, gone, compared };
}

function resourcesOf(templates: readonly Template[]): PricedResource[] {
  return templates.flatMap(({ Resources = {} }) =>
    Object.values(Resources).map(({ Type, Properties = {} }) => ({
      type: Type,
      property: (name) => Properties[name],
    })),
  );
}

/** Loads the library behind `cdk diff`: an optional peer dependency, installed with toolkit-lib. */
function loadCloudFormationDiff(): typeof import('@aws-cdk/cloudformation-diff') {
  const name = '@aws-cdk/cloudformation-diff';
  try {
    return require(name);
  } catch {
    // Package managers without hoisting install it next to toolkit-lib only.
  }
  try {
    return require(require.resolve(name, { paths: [dirname(require.resolve('@aws-cdk/toolkit-lib'))] }));
  } catch {
    throw new LocalCloudError(
      'Comparing with the deployed stacks needs the package @aws-cdk/cloudformation-diff, which is not installed.\n' +
        'Install it: npm install --save-dev @aws-cdk/cloudformation-diff',
    );
  }
}
