import type { Template, TemplateResource } from '../../target/template.js';
import { type Identities, identitiesOf } from './release-identity.js';
import { roleIdOf } from './replaced-roles.js';

/**
 * Half of IAM's quota for the inline policies of a role: during an update the role has the next policy and the former
 * one. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MAX_CHARACTERS = 10_240 / 2;

/** Assumed length of a value that is known at deployment only: an ARN with long names. */
const REFERENCE = 'x'.repeat(160);

/**
 * Moves the inline policy of functions' roles to a policy whose name and logical id have a hash of it. A change creates
 * the next policy, and the former one is deleted in the clean-up: until then the version that still serves has all its
 * permissions. The role stays, because an invocation may outlast the clean-up, and without its role it would lose every
 * permission instead of those that were removed.
 *
 * A policy that is too large to exist twice stays in the role, as do policies of users: they change in place.
 */
export function separatePolicies(identities: Identities, functionIds: readonly string[]): Identities {
  const { Resources = {} } = identities.template;
  const changed: Record<string, TemplateResource> = {};
  for (const id of functionIds) {
    const roleId = roleIdOf(Resources[id]);
    const separated = roleId && separate(identities, roleId);
    if (!separated) continue;
    const [policyId, policy, role] = separated;
    const fn = Resources[id]!;
    changed[id] = { ...fn, DependsOn: [...[fn.DependsOn ?? []].flat(), policyId].sort() };
    changed[roleId] = role;
    changed[policyId] = policy;
  }
  if (Object.keys(changed).length === 0) return identities;
  const template: Template = { ...identities.template, Resources: { ...Resources, ...changed } };
  return identitiesOf(template);
}

/** Returns the policy's id, the policy, and the role without it. */
function separate(
  identities: Identities,
  roleId: string,
): [policyId: string, policy: TemplateResource, role: TemplateResource] | undefined {
  const role = identities.template.Resources?.[roleId];
  const { Policies, ...properties } = role?.Properties ?? {};
  if (!role || !Array.isArray(Policies) || Policies.length !== 1) return undefined;
  const { PolicyName, PolicyDocument } = Policies[0];
  if (typeof PolicyName !== 'string' || lengthOf(PolicyDocument) > MAX_CHARACTERS) return undefined;
  const hash = identities.ofResources([roleId]);
  const policy = {
    Type: 'AWS::IAM::Policy',
    // The same name would overwrite the former policy, and the clean-up would delete the next one.
    Properties: { PolicyName: `${PolicyName}-${hash}`, PolicyDocument, Roles: [{ Ref: roleId }] },
  };
  return [`${roleId.slice(0, 240)}Policy${hash}`, policy, { ...role, Properties: properties }];
}

/** Returns the length of a policy, without white space as IAM counts it. */
function lengthOf(document: unknown): number {
  return JSON.stringify(document, (_, value) => {
    const [name = ''] = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    return name === 'Ref' || name.startsWith('Fn::') ? REFERENCE : value;
  }).length;
}
