import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Aws, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { allow, allowKey } from '../../bindings/bindable.js';

/**
 * Creates the role with which the Scheduler invokes one function. CDK's own target would allow all of its versions, too.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 */
export function schedulerRole(
  scope: Construct,
  fn: IFunction,
  deadLetterQueue: IQueue,
  group: IScheduleGroup | undefined,
): Role {
  const groupArn =
    group?.scheduleGroupArn ??
    Stack.of(scope).formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' });
  const statements = [
    allow('lambda', ['InvokeFunction'], [fn.functionArn]),
    allow('sqs', ['SendMessage'], [deadLetterQueue.queueArn]),
    ...allowKey(deadLetterQueue.encryptionMasterKey, true),
  ];
  return new Role(scope, 'SchedulerRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, 'aws:SourceArn': groupArn } },
    }),
    inlinePolicies: { Invoke: new PolicyDocument({ statements }) },
  });
}
