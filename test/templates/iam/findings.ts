import type { Action, Reference } from './reference.js';
import { canBe, isEvery } from './shapes.js';
import { managedPoliciesOf, type Statement, statementsOf } from './statements.js';
import type { Templates } from './template.js';

export type Rule =
  | 'unknown action'
  | 'actions by a pattern'
  | 'everything but'
  | 'resource mismatch'
  | 'resource too wide'
  | 'unknown condition'
  | 'everybody'
  | 'managed policy';

/** Something in a policy that the reference does not bear out. */
export interface Finding {
  readonly rule: Rule;
  /** The action, or the policy of AWS. */
  readonly what: string;
  readonly resource: string;
  /** The path of the construct. */
  readonly at: string;
}

/** Returns the errors in the policies of an app, by statement. */
export function findingsOf(templates: Templates, reference: Reference): Finding[] {
  return [
    ...statementsOf(templates).flatMap((statement) => inStatement(statement, reference)),
    ...managedPoliciesOf(templates).map(({ at, policy }): Finding => {
      return { rule: 'managed policy', what: policy, resource: '*', at };
    }),
  ];
}

function inStatement(statement: Statement, reference: Reference): Finding[] {
  const { at, allows, actions, resources, conditionKeys, isInverted, isPublic } = statement;
  const of = (rule: Rule, what: string, resource = resources.join(', ')): Finding[] => [
    { rule, what, resource, at },
  ];
  const known = actions.map((name) => [name, matching(name, reference)] as const);
  const findings = known.flatMap(([name, found]) => [
    ...(found.length === 0 ? of('unknown action', name) : []),
    ...(allows && /[*?]/.test(name) ? of('actions by a pattern', name) : []),
    ...(found.length > 0
      ? conditionKeys
          .filter((key) => !found.some((action) => hasCondition(action, key)))
          .flatMap((key) => of('unknown condition', name, key))
      : []),
  ]);
  if (!allows) return findings;
  if (isInverted) return [...findings, ...of('everything but', actions.join(', '))];
  if (isPublic && conditionKeys.length === 0) findings.push(...of('everybody', actions.join(', ')));
  if (resources.length === 0) return findings;
  const ofActions = known.flatMap(([name, found]) => found.flatMap((one) => ofAction(statement, name, one)));
  return [...findings, ...(ofActions.length > 0 ? ofActions : useless(statement, known))];
}

function matching(name: string, reference: Reference): Action[] {
  const names = /[*?]/.test(name) ? reference.actionsLike(name) : [name];
  return names.flatMap((one) => reference.action(one) ?? []);
}

/** An action that none of the resources can be meant for, or that is allowed on all there are. */
function ofAction({ at, kind, resources }: Statement, what: string, { formats }: Action): Finding[] {
  if (formats.length === 0) {
    // Then only `*` grants it.
    return resources.includes('*')
      ? []
      : [{ rule: 'resource mismatch', what, resource: resources.join(', '), at }];
  }
  const isMeant = resources.some((one) => one === '*' || formats.some((format) => canBe(one, format)));
  if (!isMeant) return [{ rule: 'resource mismatch', what, resource: resources.join(', '), at }];
  // In the policy of a resource `*` is this resource.
  if (kind === 'resource') return [];
  return resources
    .filter((one) => formats.some((format) => isEvery(one, format)))
    .map((resource) => ({ rule: 'resource too wide', what, resource, at }));
}

/** A resource that none of the actions is about. */
function useless(
  { at, resources }: Statement,
  known: readonly (readonly [string, readonly Action[]])[],
): Finding[] {
  const actions = known.flatMap(([, found]) => found);
  if (actions.length === 0) return [];
  return resources
    .filter(
      (one) => one !== '*' && !actions.some(({ formats }) => formats.some((format) => canBe(one, format))),
    )
    .map((resource) => ({
      rule: 'resource mismatch',
      what: known.map(([name]) => name).join(', '),
      resource,
      at,
    }));
}

/**
 * Keys that every request has, or may have.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const GLOBAL = new RegExp(
  `^aws:(${[
    'CalledVia(First|Last)?',
    'CurrentTime',
    'EpochTime',
    'FederatedProvider',
    'MultiFactorAuth(Age|Present)',
    'Principal(Account|Arn|IsAWSService|OrgID|OrgPaths|ServiceName|ServiceNamesList|Type)',
    'PrincipalTag/.+',
    'RequestedRegion',
    'RequestTag/.+',
    'Resource(Account|OrgID|OrgPaths)',
    'ResourceTag/.+',
    'SecureTransport',
    'Source(Account|Arn|Identity|Ip|OrgID|OrgPaths|Vpc|VpcArn|Vpce)',
    'TagKeys',
    'TokenIssueTime',
    'UserAgent',
    'userid',
    'username',
    'ViaAWSService',
    'VpcSourceIp',
  ].join('|')})$`,
  'i',
);

/** Claims that IAM knows of every provider of web identities, which the reference does not repeat for each. */
const OF_PROVIDERS = /^[\w-]+(\.[\w-]+)+(\/[^:]+)?:(amr|aud|email|oaud|sub)$/;

function hasCondition({ conditionKeys }: Action, key: string): boolean {
  if (GLOBAL.test(key)) return true;
  if (OF_PROVIDERS.test(key) && conditionKeys.includes('accounts.google.com:sub')) return true;
  return conditionKeys.some((known) => likeKey(known).test(key));
}

/** Keys of the reference have variables, as in `aws:ResourceTag/${TagKey}`. */
function likeKey(known: string): RegExp {
  const parts = known.split(/\$\{\w+\}/).map((part) => part.replaceAll(/[.+*?()[\]|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^:]+')}$`, 'i');
}
