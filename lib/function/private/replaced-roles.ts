import type { TemplateResource } from '../../target/template.js';
import { referencesIn } from './references.js';
import { type Identities, identitiesOf } from './release-identity.js';

const POLICIES = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'];

/**
 * Gives the own roles of functions, and the policies that are theirs alone, logical ids with the hash of what they
 * allow: a change makes a new role for the next version, and the old one goes in the clean-up, with the old version.
 * Changed in place, a role would lose what was removed while the old version still serves.
 *
 * A role stays as it is if it has a name of its own or if anything else names it (a key's policy, another stack): what
 * names it would lose the old role before the switch.
 */
export function replaceRoles(identities: Identities, functionIds: readonly string[]): Identities {
  const { Resources = {}, ...rest } = identities.template;
  const roles = new Set(functionIds.flatMap((id) => roleIdOf(Resources[id]) ?? []));
  const policyIds = Object.keys(Resources).filter((id) => POLICIES.includes(Resources[id]!.Type));
  const referrers = referrersOf(new Set([...roles, ...policyIds]), Resources, identities);
  const elsewhere = referencesIn(rest).names;
  /** A managed policy that the role names, as one with many bindings does. */
  const isOfRoleAlone = (id: string, roleId: string) =>
    referrers.get(id)?.every((one) => one === roleId) &&
    Resources[id]?.Properties?.ManagedPolicyName === undefined;
  const renamed = new Map<string, string>();
  for (const roleId of roles) {
    const role = Resources[roleId];
    if (!role || role.Properties?.RoleName !== undefined || elsewhere.has(roleId)) continue;
    const { policies, others } = usersOf(Resources, roleId, referrers.get(roleId) ?? []);
    if (others.length > 0 || policies.some((id) => elsewhere.has(id) || referrers.has(id))) continue;
    const named = policyIds.filter(
      (id) => identities.referencesOf(roleId).has(id) && !elsewhere.has(id) && isOfRoleAlone(id, roleId),
    );
    const ids = [roleId, ...policies, ...named];
    const suffix = identities.ofResources(ids);
    for (const id of ids) renamed.set(id, `${id}${suffix}`);
  }
  if (renamed.size === 0) return identities;
  const affected = new Set([...renamed.keys()].flatMap((id) => referrers.get(id) ?? []));
  const entries = Object.entries(Resources).map(([id, resource]) => {
    const isAffected = affected.has(id) || [resource.DependsOn ?? []].flat().some((one) => renamed.has(one));
    return [renamed.get(id) ?? id, isAffected ? withIds(resource, renamed) : resource];
  });
  return identitiesOf({ ...rest, Resources: Object.fromEntries(entries) });
}

/** The resources that refer to each of these ids. */
function referrersOf(
  ids: ReadonlySet<string>,
  resources: Readonly<Record<string, TemplateResource>>,
  { referencesOf }: Identities,
): Map<string, string[]> {
  const referrers = new Map<string, string[]>();
  for (const id of Object.keys(resources)) {
    for (const reference of referencesOf(id)) {
      if (!ids.has(reference)) continue;
      const known = referrers.get(reference);
      if (known) known.push(id);
      else referrers.set(reference, [id]);
    }
  }
  return referrers;
}

/** The policies that are this role's alone, and what names the role besides them and its functions. */
function usersOf(
  resources: Readonly<Record<string, TemplateResource>>,
  roleId: string,
  ids: readonly string[],
): { readonly policies: string[]; readonly others: string[] } {
  const policies = ids.filter((id) => isPolicyOf(resources[id], roleId));
  const others = ids.filter(
    (id) => !policies.includes(id) && resources[id]?.Type !== 'AWS::Lambda::Function',
  );
  return { policies, others };
}

function isPolicyOf(resource: TemplateResource | undefined, roleId: string): boolean {
  const { Roles, Users, Groups, ManagedPolicyName } = resource?.Properties ?? {};
  return (
    POLICIES.includes(resource?.Type ?? '') &&
    JSON.stringify(Roles) === JSON.stringify([{ Ref: roleId }]) &&
    [Users, Groups, ManagedPolicyName].every((one) => one === undefined)
  );
}

function roleIdOf(resource: TemplateResource | undefined): string | undefined {
  const { Role } = (resource?.Properties ?? {}) as { Role?: { 'Fn::GetAtt'?: readonly string[] } };
  return Role?.['Fn::GetAtt']?.[0];
}

function withIds(resource: TemplateResource, renamed: ReadonlyMap<string, string>): TemplateResource {
  const { Properties, DependsOn } = resource;
  return {
    ...resource,
    ...(Properties && { Properties: replaced(Properties, renamed) as Record<string, unknown> }),
    ...(DependsOn && { DependsOn: [DependsOn].flat().map((id) => renamed.get(id) ?? id) }),
  };
}

function replaced(value: unknown, renamed: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => replaced(one, renamed));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: readonly string[] };
  if (Ref !== undefined && renamed.has(Ref)) return { Ref: renamed.get(Ref) };
  const [id = '', ...rest] = Array.isArray(attribute) ? attribute : [];
  if (renamed.has(id)) return { 'Fn::GetAtt': [renamed.get(id), ...rest] };
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, replaced(one, renamed)]));
}
