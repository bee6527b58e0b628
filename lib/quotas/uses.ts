import { Estimate } from './estimate.js';
import { LIMITS } from './limits.js';
import { type Properties, sizeOf } from './quota.js';
import { QUOTAS } from './quotas.js';
import { pathOf, type TemplateResource, type Templates } from './template.js';

/** The amount of a quota that a construct uses. */
export interface Use {
  readonly name: string;
  readonly amount: number;
  readonly limit: number;
  /** Path of the construct or stack. */
  readonly path: string;
  readonly remedy: string;
  readonly isAdjustable?: boolean;
}

/** Quotas of a template. */
const TEMPLATE_QUOTAS = [
  { name: 'resources', section: 'Resources', limit: LIMITS.cloudFormation.resources },
  { name: 'outputs', section: 'Outputs', limit: LIMITS.cloudFormation.outputs },
  { name: 'parameters', section: 'Parameters', limit: LIMITS.cloudFormation.parameters },
] as const;

interface Resolved {
  readonly id: string;
  readonly resource: TemplateResource;
  readonly properties: Properties;
  readonly path: string;
}

const COUNTED = new Set([...QUOTAS.flatMap(({ types }) => types), 'AWS::IAM::Policy']);

/** Returns an app's use of each quota. */
export function usesOf(templates: Templates): Use[] {
  const estimate = new Estimate(templates);
  return Object.entries(templates).flatMap(([stack, { template }]) => {
    const resources = Object.entries(template.Resources ?? {})
      .filter(([, { Type }]) => COUNTED.has(Type))
      .map(([id, resource]) => ({
        id,
        resource,
        properties: estimate.resolved(resource.Properties ?? {}, stack) as Properties,
        path: pathOf(stack, id, resource),
      }));
    return [
      ...TEMPLATE_QUOTAS.map(({ name, section, limit }) => ({
        name,
        amount: Object.keys(template[section] ?? {}).length,
        limit,
        path: stack,
        remedy: 'Split the stack.',
      })),
      ...inlinePolicies(resources),
      ...resources.flatMap(usesOfResource),
    ];
  });
}

function usesOfResource({ resource, properties, path }: Resolved): Use[] {
  return QUOTAS.filter(({ types }) => types.includes(resource.Type)).flatMap(
    ({ amount: amountOf, types: _, ...quota }) => {
      const amount = amountOf(properties);
      return amount === undefined ? [] : [{ ...quota, amount, path }];
    },
  );
}

/** Returns the use of inline policies: those in a role and those that are attached to it. */
function inlinePolicies(resources: readonly Resolved[]): Use[] {
  return resources
    .filter(({ resource }) => resource.Type === 'AWS::IAM::Role')
    .map(({ id, properties, path }) => {
      const attached = resources.filter(
        ({ resource }) =>
          resource.Type === 'AWS::IAM::Policy' &&
          ((resource.Properties?.Roles ?? []) as { Ref?: string }[]).some((role) => role?.Ref === id),
      );
      const policies = [...(properties.Policies ?? []), ...attached.map((policy) => policy.properties)];
      return {
        name: 'characters of inline policies',
        amount: policies.reduce((sum, { PolicyDocument }) => sum + (sizeOf(PolicyDocument) ?? 0), 0),
        limit: LIMITS.iam.inlinePolicyCharacters,
        path,
        remedy: 'Move some statements to a managed policy, or reduce the permissions of the role.',
      };
    });
}

/** Returns the uses that exceed their limit. */
export const exceeded = (uses: readonly Use[]) => uses.filter(({ amount, limit }) => amount > limit);

/** Formats a use as `94 of 500 resources (StorefrontOrders)`. */
export const describeUse = ({ name, amount, limit, path }: Use) =>
  `${amount.toLocaleString('en')} of ${limit.toLocaleString('en')} ${name} (${path})`;
