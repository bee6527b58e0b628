import { Resolver } from './resolved.js';
import { placeOf, type Templates } from './template.js';

/** A statement of a policy, with representative text for what CloudFormation fills in. */
export interface Statement {
  /** Path of its construct. */
  readonly at: string;
  /** Of a role or a policy; of a resource; or who may assume a role. */
  readonly kind: 'identity' | 'resource' | 'trust';
  readonly allows: boolean;
  readonly actions: readonly string[];
  /** Empty if the statement does not need it. */
  readonly resources: readonly string[];
  readonly conditionKeys: readonly string[];
  /** True for NotAction and NotResource. */
  readonly isInverted: boolean;
  /** True if any principal may use it. */
  readonly isPublic: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/** All statements of an app's templates, whatever kind of resource has them. */
export function statementsOf(templates: Templates): Statement[] {
  const resolver = new Resolver(templates);
  return Object.entries(templates).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).flatMap(([id, resource]) => {
      const at = placeOf(stack, id, resource);
      const properties = resolver.resolved(resource.Properties ?? {}, stack) as Json;
      if (resource.Type === 'AWS::Lambda::Permission') return [permission(at, properties)];
      const kind = resource.Type.startsWith('AWS::IAM::') ? 'identity' : 'resource';
      return found(properties, kind).map(([statement, itsKind]) => read(at, itsKind, statement));
    }),
  );
}

/** The policies that AWS keeps and roles have. */
export function managedPoliciesOf(templates: Templates): { readonly at: string; readonly policy: string }[] {
  const resolver = new Resolver(templates);
  return Object.entries(templates).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).flatMap(([id, resource]) => {
      const arns = resolver.resolved(resource.Properties?.ManagedPolicyArns ?? [], stack) as string[];
      const ofAws = arns.filter((arn) => arn.startsWith('arn:aws:iam::aws:policy/'));
      return ofAws.map((arn) => ({
        at: placeOf(stack, id, resource),
        policy: arn.split(':policy/')[1] as string,
      }));
    }),
  );
}

/** Statements below a value: objects with an effect. Some types take a policy as text. */
function found(value: unknown, kind: Statement['kind']): (readonly [Json, Statement['kind']])[] {
  if (typeof value === 'string') return /^\s*\{.*"Effect"/s.test(value) ? found(JSON.parse(value), kind) : [];
  if (typeof value !== 'object' || value === null) return [];
  const json = value as Json;
  if (typeof json.Effect === 'string' && ('Action' in json || 'NotAction' in json)) return [[json, kind]];
  return Object.entries(json).flatMap(([key, item]) =>
    found(item, key === 'AssumeRolePolicyDocument' ? 'trust' : kind),
  );
}

function read(at: string, kind: Statement['kind'], statement: Json): Statement {
  const { Effect, Action, NotAction, Resource, NotResource, Condition = {}, Principal } = statement;
  return {
    at,
    kind,
    allows: Effect === 'Allow',
    actions: list(Action ?? NotAction),
    resources: list(Resource ?? NotResource),
    conditionKeys: Object.values(Condition as object).flatMap((test) => Object.keys(test)),
    isInverted: NotAction !== undefined || NotResource !== undefined,
    isPublic: Principal === '*' || list((Principal as Json | undefined)?.AWS).includes('*'),
  };
}

/** Returns the statement that Lambda adds to the function's own policy. */
function permission(at: string, { Action, Principal, SourceArn }: Json): Statement {
  return {
    at,
    kind: 'resource',
    allows: true,
    actions: list(Action),
    resources: [],
    conditionKeys: SourceArn === undefined ? [] : ['aws:SourceArn'],
    isInverted: false,
    isPublic: Principal === '*',
  };
}

function list(value: unknown): string[] {
  return value === undefined ? [] : ([value].flat() as string[]);
}
