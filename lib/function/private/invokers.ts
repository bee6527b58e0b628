import type { Permission } from 'aws-cdk-lib/aws-lambda';

/**
 * Services that put an event into the function's queue and do not wait.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
 */
const ASYNCHRONOUS = ['events', 'sns', 's3', 'ses', 'logs', 'iot', 'config', 'codecommit', 'cloudformation'];

/** Whether the permission is for a service that invokes asynchronously. */
export function isAsynchronousInvoker({ principal }: Permission): boolean {
  const { service } = principal as { service?: unknown };
  if (typeof service !== 'string') return false;
  const [name = '', ...domain] = service.split('.');
  return ASYNCHRONOUS.includes(name) && domain.at(-2) === 'amazonaws';
}
