import type { TemplateDiff } from '@aws-cdk/cloudformation-diff';
import { pathOf, type Template } from './templates.js';

/** Something that a deploy would allow, or would no longer allow. */
export interface PermissionChange {
  readonly what: 'allowed' | 'no longer allowed';
  /** The path of a role's construct, a service, an account. */
  readonly who: string;
  /** The actions; `everything but` them where a policy is written so. */
  readonly actions: readonly string[];
  readonly resource: string;
  /** As in the policy. */
  readonly condition?: unknown;
}

type Statement = TemplateDiff['iamChanges']['statements']['additions'][number];

/** One action on one resource, by one who may. */
interface Permission {
  readonly allows: boolean;
  readonly who: string;
  readonly action: string;
  readonly resource: string;
  readonly condition?: unknown;
}

/** What a deploy of one stack would allow that is not allowed now, and what it would no longer. */
export function permissionChanges(
  stack: string,
  { iamChanges, securityGroupChanges }: TemplateDiff,
  templates: readonly Template[],
): PermissionChange[] {
  const before = iamChanges.statements.removals.flatMap(permissionsOf);
  const after = iamChanges.statements.additions.flatMap(permissionsOf);
  const policies = (list: readonly { identityArn: string; managedPolicyArn: string }[]) =>
    list.map(({ identityArn, managedPolicyArn }): Permission => {
      return { allows: true, who: identityArn, action: `the policy ${managedPolicyArn}`, resource: '' };
    });
  const added = [...except(after, before), ...policies(iamChanges.managedPolicies.additions)];
  const removed = [...except(before, after), ...policies(iamChanges.managedPolicies.removals)];
  const opened: PermissionChange[] = securityGroupChanges.rulesAdded
    ? [{ what: 'allowed', who: stack, actions: ['network traffic (`cdk diff` has the rules)'], resource: '' }]
    : [];
  return [
    ...grouped(
      [...added.filter(({ allows }) => allows), ...removed.filter(({ allows }) => !allows)],
      'allowed',
    ),
    ...opened,
    ...grouped(
      [...removed.filter(({ allows }) => allows), ...added.filter(({ allows }) => !allows)],
      'no longer allowed',
    ),
  ].map((change) => readable(change, stack, templates));
}

function permissionsOf({ effect, principals, actions, resources, condition }: Statement): Permission[] {
  const allows = effect !== 'Deny';
  const texts = ({ values, not }: Statement['actions']) =>
    not ? [`everything but ${values.join(', ')}`] : values.length > 0 ? values : ['*'];
  return texts(principals).flatMap((who) =>
    texts(actions).flatMap((action) =>
      texts(resources).map((resource) => ({ allows, who, action, resource, condition })),
    ),
  );
}

const asText = (permission: Permission) => JSON.stringify(permission);

function except(some: readonly Permission[], others: readonly Permission[]): Permission[] {
  const known = new Set(others.map(asText));
  return some.filter((permission) => !known.has(asText(permission)));
}

/** Actions that the same ones may on the same resource, together. */
function grouped(permissions: readonly Permission[], what: PermissionChange['what']): PermissionChange[] {
  const groups = new Map<string, PermissionChange & { actions: string[] }>();
  for (const { who, action, resource, condition } of permissions) {
    const key = JSON.stringify([who, resource, condition]);
    const known = groups.get(key);
    if (known) known.actions.push(action);
    else
      groups.set(key, {
        what,
        who,
        actions: [action],
        resource,
        ...(condition !== undefined && { condition }),
      });
  }
  return [...groups.values()];
}

/** With the paths of constructs where logical ids stand. */
function readable(change: PermissionChange, stack: string, templates: readonly Template[]): PermissionChange {
  const paths = (text: string) =>
    text
      .replace(/^AWS:(?=\$\{)|^Service:/, '')
      .replaceAll(/\{"Fn::Sub":"([^"]*)"\}/g, '$1')
      .replaceAll(/\$\{(\w+)(\.\w+)?\}/g, (whole, id: string) => {
        const resource = templates.map(({ Resources }) => Resources?.[id]).find(Boolean);
        return resource ? pathOf(stack, id, resource) : whole;
      });
  return { ...change, who: paths(change.who), resource: paths(change.resource) };
}
