import { CfnRole, type IRole, ManagedPolicy, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Lazy, Stack } from 'aws-cdk-lib/core';
import { acknowledge } from '../construct/acknowledge.js';
import { splitBySize } from './policy-size.js';
import type { Wildcard } from './resolve-bindings.js';

/**
 * Managed policies that CDK attaches: the first always, the second in a VPC. Both allow writing to every log group of
 * the account.
 */
const MANAGED_POLICIES = /AWSLambda(Basic|VPCAccess)ExecutionRole/;

/**
 * Replaces the managed policies of a function's role with one inline policy. CDK's Function creates the role in its
 * constructor without a hook, so this changes the underlying resource. Later additions by users go into a separate
 * policy, as with any role. Statements beyond the size limit go into managed policies.
 *
 * @param isOwn true if the function created the role; a user's role is only extended
 */
export function setPolicy(
  fn: LambdaFunction,
  statements: readonly PolicyStatement[],
  wildcards: readonly Wildcard[],
  isOwn: boolean,
): void {
  const role = fn.role as IRole;
  const resource = role.node.defaultChild;
  if (!isOwn || !(resource instanceof CfnRole)) {
    for (const statement of statements) role.addToPrincipalPolicy(statement);
    return;
  }
  const [inline, ...further] = splitBySize(statements);
  // Attached by the role, so that they exist before a function assumes it.
  const extraArns = further.map(
    (part, index) => new ManagedPolicy(role, `Handler${index + 2}`, { statements: part }).managedPolicyArn,
  );
  const managed = resource.managedPolicyArns;
  resource.managedPolicyArns = Lazy.list(
    {
      produce: () => {
        const arns: unknown[] = fn.stack.resolve(managed) ?? [];
        return [
          ...arns.filter((arn) => !MANAGED_POLICIES.test(JSON.stringify(arn))),
          ...extraArns,
        ] as string[];
      },
    },
    { omitEmpty: true },
  );
  const policyDocument = new PolicyDocument({ statements: inline });
  resource.policies = [{ policyName: 'Handler', policyDocument }];
  documents.set(fn, policyDocument);
  acknowledgeWildcards(role, wildcards);
}

const documents = new WeakMap<LambdaFunction, PolicyDocument>();

/** Adds a statement to the inline policy of a function, or to a user's role. */
export function addToPolicy(fn: LambdaFunction, statement: PolicyStatement): void {
  const document = documents.get(fn);
  if (document) document.addStatements(statement);
  else fn.role?.addToPrincipalPolicy(statement);
}

/** Acknowledges the findings for exactly these wildcard resources, with their reasons. */
export function acknowledgeWildcards(role: IRole, wildcards: readonly Wildcard[]): void {
  if (wildcards.length === 0) return;
  const stack = Stack.of(role);
  const acknowledged = new Set<string>();
  // References to other stacks are resolved only before validation.
  role.node.addValidation({
    validate: () => {
      for (const { resource, reason } of wildcards) {
        const finding = `AwsSolutions-IAM5[Resource::${nagNotation(stack.resolve(resource))}]`;
        if (!acknowledged.has(finding)) acknowledge(role, { [finding]: reason });
        acknowledged.add(finding);
      }
      return [];
    },
  });
}

type Intrinsic = string | Readonly<Record<string, unknown>>;

/** Returns a resource in cdk-nag's notation: references in angle brackets. */
function nagNotation(value: Intrinsic): string {
  if (typeof value === 'string') return value;
  const [[name, argument]] = Object.entries(value) as [[string, unknown]];
  switch (name) {
    case 'Ref':
      return `<${argument}>`;
    case 'Fn::GetAtt':
      return `<${(argument as string[]).join('.')}>`;
    case 'Fn::ImportValue':
      return nagNotation(argument as Intrinsic);
    case 'Fn::Join': {
      const [delimiter, items] = argument as [string, Intrinsic[]];
      return items.map(nagNotation).join(delimiter);
    }
    default:
      return JSON.stringify(value);
  }
}

/** Creates the statement for writing to one log group, which exists already. */
export function logStatement(logGroup: ILogGroup): PolicyStatement {
  return new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
}

/** Permissions that AWS supports for all resources only, with the reason. */
export interface StarPermission {
  readonly statement: PolicyStatement;
  readonly reason: string;
}

const starPermission = (actions: string[], reason: string): StarPermission => ({
  statement: new PolicyStatement({ actions, resources: ['*'] }),
  reason,
});

/** Returns the permissions to send traces. */
export function traces(): StarPermission {
  return starPermission(
    ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    'xray:PutTraceSegments and xray:PutTelemetryRecords: X-Ray has no permissions for single resources',
  );
}

/**
 * Returns the permissions for the network interfaces that Lambda creates in a VPC.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
export function networkInterfaces(): StarPermission {
  const actions = [
    'CreateNetworkInterface',
    'DescribeNetworkInterfaces',
    'DescribeSubnets',
    'DeleteNetworkInterface',
    'AssignPrivateIpAddresses',
    'UnassignPrivateIpAddresses',
  ];
  return starPermission(
    actions.map((action) => `ec2:${action}`),
    'to attach a function to a VPC: Lambda accepts them for all resources only',
  );
}

/** Returns the file system permissions that CDK limits to an access point by a condition instead of a resource. */
export function fileSystems(statements: readonly PolicyStatement[]): StarPermission[] {
  return statements
    .filter(({ resources, conditions }) => resources.includes('*') && Object.keys(conditions).length > 0)
    .map((statement) => ({
      statement,
      reason: 'to mount a file system: limited to one access point by a condition',
    }));
}

/** Returns the underlying resource of a function. */
export function resourceOf(fn: LambdaFunction): CfnFunction {
  return fn.node.defaultChild as CfnFunction;
}

/** Acknowledges the findings for exactly these permissions on `*`; those that users add are in a separate policy. */
export function acknowledgeStarPermissions(role: IRole, permissions: readonly StarPermission[]): void {
  const resource = role.node.defaultChild;
  if (permissions.length === 0 || !resource) return;
  const reason = `Only these actions are allowed on all resources: ${permissions.map((permission) => permission.reason).join('; ')}.`;
  acknowledge(resource, {
    'AwsSolutions-IAM5[Resource::*]': reason,
    'Serverless-LambdaStarPermissions': reason,
  });
}
