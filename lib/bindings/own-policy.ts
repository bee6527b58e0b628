import { CfnRole, type IRole, ManagedPolicy, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Lazy, Stack } from 'aws-cdk-lib/core';
import { acknowledge } from '../construct/acknowledge.js';
import { splitBySize } from './policy-size.js';
import type { Wildcard } from './resolve-bindings.js';

/** What CDK attaches: the one always, the other in a VPC. Both allow writing to every log group of the account. */
const MANAGED_POLICIES = /AWSLambda(Basic|VPCAccess)ExecutionRole/;

/**
 * Gives a function's role one inline policy instead of the managed ones. CDK's function makes the role in its own
 * constructor and offers no way in between, so this changes the resource underneath; what users add later goes into a
 * policy of its own, as with any role. What is too large for an inline policy is in managed policies.
 *
 * @param isOwn whether the role is the function's own; a role of the user's is only added to
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
  // Named by the role, so that they are there before a function assumes it.
  const own = further.map(
    (part, at) => new ManagedPolicy(role, `Handler${at + 2}`, { statements: part }).managedPolicyArn,
  );
  const managed = resource.managedPolicyArns;
  resource.managedPolicyArns = Lazy.list(
    {
      produce: () => {
        const arns: unknown[] = fn.stack.resolve(managed) ?? [];
        return [...arns.filter((arn) => !MANAGED_POLICIES.test(JSON.stringify(arn))), ...own] as string[];
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

/** Adds to the inline policy of a function, or to a role of the user's. */
export function addToPolicy(fn: LambdaFunction, statement: PolicyStatement): void {
  const document = documents.get(fn);
  if (document) document.addStatements(statement);
  else fn.role?.addToPrincipalPolicy(statement);
}

/** Says why resources that end in a wildcard are right, and only for them. */
export function acknowledgeWildcards(role: IRole, wildcards: readonly Wildcard[]): void {
  if (wildcards.length === 0) return;
  const stack = Stack.of(role);
  const acknowledged = new Set<string>();
  // How a resource of another stack is written is known only when all references are resolved: then is validation.
  role.node.addValidation({
    validate: () => {
      for (const { resource, reason } of wildcards) {
        const finding = `AwsSolutions-IAM5[Resource::${flat(stack.resolve(resource))}]`;
        if (!acknowledged.has(finding)) acknowledge(role, { [finding]: reason });
        acknowledged.add(finding);
      }
      return [];
    },
  });
}

type Intrinsic = string | Readonly<Record<string, unknown>>;

/** A resource as cdk-nag names it in a finding: its references in angle brackets. */
function flat(value: Intrinsic): string {
  if (typeof value === 'string') return value;
  const [[name, argument]] = Object.entries(value) as [[string, unknown]];
  switch (name) {
    case 'Ref':
      return `<${argument}>`;
    case 'Fn::GetAtt':
      return `<${(argument as string[]).join('.')}>`;
    case 'Fn::ImportValue':
      return flat(argument as Intrinsic);
    case 'Fn::Join': {
      const [delimiter, items] = argument as [string, Intrinsic[]];
      return items.map(flat).join(delimiter);
    }
    default:
      return JSON.stringify(value);
  }
}

/** Writing to one log group. The group exists already, so it need not be created. */
export function logStatement(logGroup: ILogGroup): PolicyStatement {
  return new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
}

/** Permissions that AWS offers for all resources only, and why. */
export interface Everywhere {
  readonly statement: PolicyStatement;
  readonly reason: string;
}

const everywhere = (actions: string[], reason: string): Everywhere => ({
  statement: new PolicyStatement({ actions, resources: ['*'] }),
  reason,
});

/** Sending traces. */
export function traces(): Everywhere {
  return everywhere(
    ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    'xray:PutTraceSegments and xray:PutTelemetryRecords: X-Ray has no permissions for single resources',
  );
}

/**
 * The network interfaces that Lambda makes in a VPC.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
export function networkInterfaces(): Everywhere {
  const actions = [
    'CreateNetworkInterface',
    'DescribeNetworkInterfaces',
    'DescribeSubnets',
    'DeleteNetworkInterface',
    'AssignPrivateIpAddresses',
    'UnassignPrivateIpAddresses',
  ];
  return everywhere(
    actions.map((action) => `ec2:${action}`),
    'those by which Lambda attaches a function to a VPC: it takes them for all resources only',
  );
}

/** Of what a file system permits, that which CDK limits to an access point by a condition instead of a resource. */
export function fileSystems(statements: readonly PolicyStatement[]): Everywhere[] {
  return statements
    .filter(({ resources, conditions }) => resources.includes('*') && Object.keys(conditions).length > 0)
    .map((statement) => ({
      statement,
      reason: 'mounting a file system: of one access point only, by a condition',
    }));
}

/** The resource under a function. */
export function resourceOf(fn: LambdaFunction): CfnFunction {
  return fn.node.defaultChild as CfnFunction;
}

/** Says why `*` is right for these permissions, and only for them: what users permit is in a policy beside the role. */
export function acknowledgeEverywhere(role: IRole, permissions: readonly Everywhere[]): void {
  const resource = role.node.defaultChild;
  if (permissions.length === 0 || !resource) return;
  const reason = `Only these actions are allowed on it: ${permissions.map((one) => one.reason).join('; ')}.`;
  acknowledge(resource, {
    'AwsSolutions-IAM5[Resource::*]': reason,
    'Serverless-LambdaStarPermissions': reason,
  });
}
