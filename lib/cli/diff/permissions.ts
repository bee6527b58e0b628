import type { TemplateDiff } from '@aws-cdk/cloudformation-diff';
import { pathOf, type Template } from './templates.js';

/** Something that a deploy would allow, or would no longer allow. */
export interface PermissionChange {
  /** `no longer denied`: a Deny goes, but what it protected stays. */
  readonly what: 'allowed' | 'no longer allowed' | 'denied' | 'no longer denied';
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
  templates: readonly [after: Template, before: Template],
): PermissionChange[] {
  const [removals, additions] = [iamChanges.statements.removals, iamChanges.statements.additions].map(
    (list) => list.flatMap(permissionsOf),
  ) as [Permission[], Permission[]];
  const policies = (list: readonly { identityArn: string; managedPolicyArn: string }[]) =>
    list.map(({ identityArn, managedPolicyArn }): Permission => {
      return { allows: true, who: identityArn, action: `the policy ${managedPolicyArn}`, resource: '' };
    });
  const added = [...except(additions, removals), ...policies(iamChanges.managedPolicies.additions)];
  const removed = [...except(removals, additions), ...policies(iamChanges.managedPolicies.removals)];
  const opened: PermissionChange[] = securityGroupChanges.rulesAdded
    ? [{ what: 'allowed', who: stack, actions: ['network traffic (`cdk diff` has the rules)'], resource: '' }]
    : [];
  const [after, before] = [new Set(idsOf(templates[0])), idsOf(templates[1])];
  const goes = before.filter((id) => !after.has(id));
  const stays = ({ who, resource }: Permission) =>
    !goes.some((id) => mentions(resource, id) || mentions(who, id));
  return [
    ...grouped(
      added.filter(({ allows }) => allows),
      'allowed',
    ),
    ...grouped(
      removed.filter((permission) => !permission.allows && stays(permission)),
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
