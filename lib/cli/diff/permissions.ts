import type { TemplateDiff } from '@aws-cdk/cloudformation-diff';
import { pathOf, type Template } from './templates.js';

/** A permission that a deployment adds or removes. */
export interface PermissionChange {
  /** `no longer denied`: a Deny statement is removed, but the resource that it protected stays. */
  readonly change: 'allowed' | 'no longer allowed' | 'denied' | 'no longer denied';
  /** Principal: the construct path of a role, a service or an account. */
  readonly principal: string;
  /** Actions; prefixed by `everything but` where the policy has NotAction. */
  readonly actions: readonly string[];
  readonly resource: string;
  /** Condition of the statement, as in the policy. */
  readonly condition?: unknown;
}

type Statement = TemplateDiff['iamChanges']['statements']['additions'][number];

/** A single action of a single principal on a single resource. */
interface Permission {
  readonly allows: boolean;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly condition?: unknown;
}

/** Returns the permissions that deploying one stack adds and removes. */
export function permissionChanges(
  stack: string,
  { iamChanges, securityGroupChanges }: TemplateDiff,
  templates: readonly [after: Template, before: Template],
): PermissionChange[] {
  const [removals, additions] = [iamChanges.statements.removals, iamChanges.statements.additions].map(
    (list) => list.flatMap(permissionsOf),
  ) as [Permission[], Permission[]];
  const policies = (list: readonly { identityArn: string; managedPolicyArn: string }[]) =>
    list.map(({ identityArn, managedPolicyArn }): Permission => {
      return { allows: true, principal: identityArn, action: `the policy ${managedPolicyArn}`, resource: '' };
    });
  const added = [...except(additions, removals), ...policies(iamChanges.managedPolicies.additions)];
  const removed = [...except(removals, additions), ...policies(iamChanges.managedPolicies.removals)];
  const opened: PermissionChange[] = securityGroupChanges.rulesAdded
    ? [
        {
          change: 'allowed',
          principal: stack,
          actions: ['network traffic (`cdk diff` has the rules)'],
          resource: '',
        },
      ]
    : [];
  const [after, before] = [new Set(idsOf(templates[0])), idsOf(templates[1])];
  const removedIds = before.filter((id) => !after.has(id));
  const isResourceKept = ({ principal, resource }: Permission) =>
    !removedIds.some((id) => mentions(resource, id) || mentions(principal, id));
  return [
    ...grouped(
      added.filter(({ allows }) => allows),
      'allowed',
    ),
    ...grouped(
      removed.filter((permission) => !permission.allows && isResourceKept(permission)),
      'no longer denied',
    ),
    ...opened,
    ...grouped(
      removed.filter(({ allows }) => allows),
      'no longer allowed',
    ),
    ...grouped(
      added.filter(({ allows }) => !allows),
      'denied',
    ),
  ].map((change) => readable(change, stack, templates));
}

function idsOf(template: Template | undefined): string[] {
  return Object.keys(template?.Resources ?? {});
}

function mentions(text: string, id: string): boolean {
  return new RegExp(`\\b${id}\\b`).test(text);
}

function permissionsOf({ effect, principals, actions, resources, condition }: Statement): Permission[] {
  const allows = effect !== 'Deny';
  const texts = ({ values, not }: Statement['actions']) =>
    not ? [`everything but ${values.join(', ')}`] : values.length > 0 ? values : ['*'];
  return texts(principals).flatMap((principal) =>
    texts(actions).flatMap((action) =>
      texts(resources).map((resource) => ({ allows, principal, action, resource, condition })),
    ),
  );
}

const asText = (permission: Permission) => JSON.stringify(permission);

function except(permissions: readonly Permission[], excluded: readonly Permission[]): Permission[] {
  const keys = new Set(excluded.map(asText));
  return permissions.filter((permission) => !keys.has(asText(permission)));
}

/** Groups the actions of the same principal on the same resource. */
function grouped(permissions: readonly Permission[], change: PermissionChange['change']): PermissionChange[] {
  const groups = new Map<string, PermissionChange & { actions: string[] }>();
  for (const { principal, action, resource, condition } of permissions) {
    const key = JSON.stringify([principal, resource, condition]);
    const group = groups.get(key);
    if (group) group.actions.push(action);
    else
      groups.set(key, {
        change,
        principal,
        actions: [action],
        resource,
        ...(condition !== undefined && { condition }),
      });
  }
  return [...groups.values()];
}

/** Replaces logical ids by construct paths. */
function readable(change: PermissionChange, stack: string, templates: readonly Template[]): PermissionChange {
  const paths = (text: string) =>
    text
      .replace(/^AWS:(?=\$\{)|^Service:/, '')
      .replaceAll(/\{"Fn::Sub":"([^"]*)"\}/g, '$1')
      .replaceAll(/\$\{(\w+)(\.\w+)?\}/g, (whole, id: string) => {
        const resource = templates.map(({ Resources }) => Resources?.[id]).find(Boolean);
        return resource ? pathOf(stack, id, resource) : whole;
      });
  return { ...change, principal: paths(change.principal), resource: paths(change.resource) };
}
