import type { TemplateResource } from '../../target/template.js';
import { referencesIn } from './references.js';
import { type Identities, identitiesOf } from './release-identity.js';

const POLICIES = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'];

/**
 * Adds a hash of the permissions to the logical ids of functions' own roles and of their exclusive policies. A change
 * creates a new role for the next version, and the old role is deleted in the clean-up with the old version. An update
 * in place would remove permissions while the old version still serves.
 *
 * A role is not replaced if it has a fixed name or if anything else refers to it (a key's policy, another stack): the
 * referrer would lose the old role before the switch.
 */
export function replaceRoles(identities: Identities, functionIds: readonly string[]): Identities {
  const { Resources = {}, ...rest } = identities.template;
  const roles = new Set(functionIds.flatMap((id) => roleIdOf(Resources[id]) ?? []));
  const policyIds = Object.keys(Resources).filter((id) => POLICIES.includes(Resources[id]!.Type));
  const referrers = referrersOf(new Set([...roles, ...policyIds]), Resources, identities);
  const elsewhere = referencesIn(rest).names;
  /** Returns true for a managed policy that only the role refers to, as in roles with many bindings. */
  const isOfRoleAlone = (id: string, roleId: string) =>
    referrers.get(id)?.every((referrer) => referrer === roleId) &&
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
    const isAffected =
      affected.has(id) || [resource.DependsOn ?? []].flat().some((dependency) => renamed.has(dependency));
    return [renamed.get(id) ?? id, isAffected ? withIds(resource, renamed) : resource];
  });
  return identitiesOf({ ...rest, Resources: Object.fromEntries(entries) });
}

/** Returns the referrers of each id. */
function referrersOf(
  ids: ReadonlySet<string>,
  resources: Readonly<Record<string, TemplateResource>>,
  { referencesOf }: Identities,
): Map<string, string[]> {
  const referrers = new Map<string, string[]>();
  for (const id of Object.keys(resources)) {
    for (const reference of referencesOf(id)) {
      if (!ids.has(reference)) continue;
      const list = referrers.get(reference);
      if (list) list.push(id);
      else referrers.set(reference, [id]);
    }
  }
  return referrers;
}

/** Returns the role's exclusive policies, and its other referrers besides functions. */
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
    [Users, Groups, ManagedPolicyName].every((property) => property === undefined)
  );
}

/** Returns the logical id of a function's role, if it is in the template. */
export function roleIdOf(resource: TemplateResource | undefined): string | undefined {
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
  if (Array.isArray(value)) return value.map((item) => replaced(item, renamed));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: readonly string[] };
  if (Ref !== undefined && renamed.has(Ref)) return { Ref: renamed.get(Ref) };
  const [id = '', ...rest] = Array.isArray(attribute) ? attribute : [];
  if (renamed.has(id)) return { 'Fn::GetAtt': [renamed.get(id), ...rest] };
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replaced(item, renamed)]));
}
