import type { IGrantable, Role } from 'aws-cdk-lib/aws-iam';
import type { Permission } from 'aws-cdk-lib/aws-lambda';
import { Stack } from 'aws-cdk-lib/core';

/**
 * Services that send events to the function's queue and do not wait.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
 */
const ASYNCHRONOUS = ['events', 'sns', 's3', 'ses', 'logs', 'iot', 'config', 'codecommit', 'cloudformation'];

/**
 * Principal of alarm actions:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 */
const ALARMS = 'lambda.alarms.cloudwatch.amazonaws.com';

/**
 * Principal of EventBridge Scheduler:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
 */
const SCHEDULER = 'scheduler.amazonaws.com';

/** Returns true if the permission is for a service that invokes asynchronously. */
export function isAsynchronousInvoker({ principal }: Permission): boolean {
  const service = serviceOf(principal);
  if (service === ALARMS) return true;
  const [name = '', ...domain] = service?.split('.') ?? [];
  return ASYNCHRONOUS.includes(name) && domain.at(-2) === 'amazonaws';
}

/** Returns true for the role of a service that invokes asynchronously: EventBridge Scheduler. */
export function isAsynchronousRole({ grantPrincipal }: IGrantable): boolean {
  const { assumeRolePolicy } = grantPrincipal as Partial<Role>;
  if (!assumeRolePolicy) return false;
  const policy = Stack.of(grantPrincipal as Role).resolve(assumeRolePolicy);
  return JSON.stringify(policy).includes(`"${SCHEDULER}"`);
}

/** Returns the service of a principal, also inside the wrapper that CDK adds for conditions. */
function serviceOf(principal: unknown): string | undefined {
  const { service, wrapped } = principal as { service?: unknown; wrapped?: unknown };
  if (typeof service === 'string') return service;
  return typeof wrapped === 'object' && wrapped !== null ? serviceOf(wrapped) : undefined;
}
