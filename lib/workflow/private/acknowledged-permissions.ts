import { CfnPolicy, type IRole } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import { acknowledge } from '../../construct/acknowledge.js';

/**
 * What CDK permits a state machine with logs and traces, for which there are no permissions for single resources.
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
 * Says why `*` is right for the delivery of logs and for traces. CDK puts all that a role is permitted into one policy:
 * what users permit for all resources beside it is left to security scans, and so is the whole then.
 */
export function acknowledgeLogsAndTraces(role: IRole): void {
  // What a policy holds is known when all is added: then is validation.
  role.node.addValidation({
    validate: () => {
      const actions = statementsOf(role)
        .filter(({ Resource }) => [Resource].flat().includes('*'))
        .flatMap(({ Action }) => Action);
      if (actions.every((action) => WITHOUT_RESOURCES.includes(action))) {
        acknowledge(role, {
          'AwsSolutions-IAM5[Resource::*]':
            'Only for the delivery of logs and for traces: neither has permissions for single resources.',
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
