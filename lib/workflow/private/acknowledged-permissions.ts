import { CfnPolicy, type IRole } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import { acknowledge } from '../../construct/acknowledge.js';

/**
 * Actions that CDK allows a state machine with logs and traces, and that do not support resource-level permissions.
 * https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html,
 * https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
 */
const WITHOUT_RESOURCES = [
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/**
 * Acknowledges `*` for the delivery of logs and for traces. CDK puts all permissions of a role into one policy: if users
 * add others on all resources, nothing is acknowledged, and security scans report the policy.
 */
export function acknowledgeLogsAndTraces(role: IRole): void {
  // The policy is complete only during validation.
  role.node.addValidation({
    validate: () => {
      const actions = statementsOf(role)
        .filter(({ Resource }) => [Resource].flat().includes('*'))
        .flatMap(({ Action }) => Action);
      if (actions.every((action) => WITHOUT_RESOURCES.includes(action))) {
        acknowledge(role, {
          'AwsSolutions-IAM5[Resource::*]':
            'Only for the delivery of logs and for traces: their actions do not support resource-level permissions.',
        });
      }
      return [];
    },
  });
}

function statementsOf(role: IRole): Statement[] {
  const policies = role.node.findAll().filter((child) => child instanceof CfnPolicy);
  return policies.flatMap(({ policyDocument }) => Stack.of(role).resolve(policyDocument)?.Statement ?? []);
}
