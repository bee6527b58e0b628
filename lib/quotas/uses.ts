import { Estimate } from './estimate.js';
import { type Properties, QUOTAS, sizeOf } from './quotas.js';
import { placeOf, type TemplateResource, type Templates } from './template.js';

/** Use of a quota. */
export interface Use {
  readonly what: string;
  readonly amount: number;
  readonly limit: number;
  /** Path of the construct or of the stack. */
  readonly at: string;
  readonly remedy: string;
  readonly isAdjustable?: boolean;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const OF_A_TEMPLATE = [
  { what: 'resources', section: 'Resources', limit: 500 },
  { what: 'outputs', section: 'Outputs', limit: 200 },
  { what: 'parameters', section: 'Parameters', limit: 200 },
] as const;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const MAX_INLINE_POLICIES = 10_240;

interface Resolved {
  readonly id: string;
  readonly resource: TemplateResource;
  readonly properties: Properties;
  readonly at: string;
}

const COUNTED = new Set([...QUOTAS.flatMap(({ types }) => types), 'AWS::IAM::Policy']);

/** Returns all uses of quotas in an app. */
export function usesOf(templates: Templates): Use[] {
  const estimate = new Estimate(templates);
  return Object.entries(templates).flatMap(([stack, { template }]) => {
    const resources = Object.entries(template.Resources ?? {})
      .filter(([, { Type }]) => COUNTED.has(Type))
      .map(([id, resource]) => ({
        id,
        resource,
        properties: estimate.resolved(resource.Properties ?? {}, stack) as Properties,
        at: placeOf(stack, id, resource),
      }));
    return [
      ...OF_A_TEMPLATE.map(({ what, section, limit }) => ({
        what,
        amount: Object.keys(template[section] ?? {}).length,
        limit,
        at: stack,
        remedy: 'Split the stack.',
      })),
      ...inlinePolicies(resources),
      ...resources.flatMap(usesOfResource),
    ];
  });
}

function usesOfResource({ resource, properties, at }: Resolved): Use[] {
  return QUOTAS.filter(({ types }) => types.includes(resource.Type)).flatMap(
    ({ amount: amountOf, types: _, ...quota }) => {
      const amount = amountOf(properties);
      return amount === undefined ? [] : [{ ...quota, amount, at }];
    },
  );
}

/** Returns the uses of inline policies: those in a role itself, and those attached to it. */
function inlinePolicies(resources: readonly Resolved[]): Use[] {
  return resources
    .filter(({ resource }) => resource.Type === 'AWS::IAM::Role')
    .map(({ id, properties, at }) => {
      const attached = resources.filter(
        ({ resource }) =>
          resource.Type === 'AWS::IAM::Policy' &&
          ((resource.Properties?.Roles ?? []) as { Ref?: string }[]).some((role) => role?.Ref === id),
      );
      const policies = [...(properties.Policies ?? []), ...attached.map((policy) => policy.properties)];
      return {
        what: 'characters of inline policies',
        amount: policies.reduce((sum, { PolicyDocument }) => sum + (sizeOf(PolicyDocument) ?? 0), 0),
        limit: MAX_INLINE_POLICIES,
        at,
        remedy: 'Put a part of the statements into a managed policy, or give the role fewer permissions.',
      };
    });
}

/** Returns the uses that exceed their limit. */
export const beyond = (uses: readonly Use[]) => uses.filter(({ amount, limit }) => amount > limit);

/** Returns a use as text: `94 of 500 resources (StorefrontOrders)`. */
export const describedUse = ({ what, amount, limit, at }: Use) =>
  `${amount.toLocaleString('en')} of ${limit.toLocaleString('en')} ${what} (${at})`;
