import { CfnRole, type IRole, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Lazy } from 'aws-cdk-lib/core';
import { acknowledge } from '../../observability/acknowledge.js';
import type { Binding } from '../bindings/binding.js';

const BASIC_POLICY = 'AWSLambdaBasicExecutionRole';

/**
 * Gives a function's role one inline policy instead of the managed one, which allows writing to every log group of
 * the account. CDK's function makes the role in its own constructor and offers no way in between, so this changes
 * the resource underneath; what users add later goes into a policy of its own, as with any role.
 *
 * @param isOwn whether the role is the function's own; a role of the user's is only added to
 */
export function setPolicy(
  fn: LambdaFunction,
  statements: readonly PolicyStatement[],
  wildcards: NonNullable<Binding['wildcard']>[],
  isOwn: boolean,
): void {
  const role = fn.role as IRole;
  const resource = role.node.defaultChild;
  if (!isOwn || !(resource instanceof CfnRole)) {
    for (const statement of statements) role.addToPrincipalPolicy(statement);
    return;
  }
  const managed = resource.managedPolicyArns;
  resource.managedPolicyArns = Lazy.list(
    {
      produce: () => {
        const arns: unknown[] = fn.stack.resolve(managed) ?? [];
        return arns.filter((arn) => !JSON.stringify(arn).includes(BASIC_POLICY)) as string[];
      },
    },
    { omitEmpty: true },
  );
  const policy = {
    policyName: 'Handler',
    policyDocument: new PolicyDocument({ statements: [...statements] }),
  };
  const acknowledged = new Set<string>();
  resource.policies = Lazy.uncachedAny({
    produce: () => {
      // How a resource of another stack is written is known only in the last of several rounds.
      for (const { resource, reason } of wildcards) {
        const finding = `AwsSolutions-IAM5[Resource::${flat(fn.stack.resolve(resource))}]`;
        if (!acknowledged.has(finding)) acknowledge(role, { [finding]: reason });
        acknowledged.add(finding);
      }
      return [policy];
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

/** Sending traces. */
export function traceStatement(): PolicyStatement {
  return new PolicyStatement({
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resources: ['*'],
  });
}

/** The resource under a function. */
export function resourceOf(fn: LambdaFunction): CfnFunction {
  return fn.node.defaultChild as CfnFunction;
}

/** Says why `*` is right for traces, and only for them. */
export function acknowledgeTracing(role: IRole): void {
  const reason =
    'Only xray:PutTraceSegments and xray:PutTelemetryRecords are allowed on it: X-Ray has no permissions for single resources.';
  acknowledge(role, { 'AwsSolutions-IAM5[Resource::*]': reason, 'Serverless-LambdaStarPermissions': reason });
}
