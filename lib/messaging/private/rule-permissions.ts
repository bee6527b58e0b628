import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Stack, Token, TokenComparison } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** Allowed sources, by queue. */
const allowed = new WeakMap<IQueue, Set<string>>();

/**
 * Allows the rules of a bus to send to a queue by one statement, and returns the queue in the form that rules need.
 *
 * CDK adds a statement for each rule, and SQS accepts 20 statements and 8,192 bytes: ten events for one worker would be
 * too many. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
 */
export function allowRules(scope: Construct, bus: IEventBus, queue: IQueue): IQueue {
  // CDK warns about a queue of another account, whose policy this stack cannot change.
  const { account } = Stack.of(scope);
  if (Token.compareStrings(account, queue.env.account) === TokenComparison.DIFFERENT) return queue;
  const sources = Stack.of(scope).formatArn({
    service: 'events',
    resource: 'rule',
    resourceName: `${bus.eventBusName}/*`,
  });
  const allowedSources = allowed.get(queue) ?? new Set<string>();
  allowed.set(queue, allowedSources);
  if (!allowedSources.has(sources)) {
    allowedSources.add(sources);
    queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': sources } },
      }),
    );
  }
  return Object.create(queue, {
    addToResourcePolicy: { value: () => ({ statementAdded: true }) },
    grantSendMessages: { value: (grantee: IGrantable) => grantOfKey(queue, grantee) },
  });
}

/** Grants the use of a queue's customer managed key, which its senders need. */
function grantOfKey({ encryptionMasterKey }: IQueue, grantee: IGrantable): Grant {
  return (
    encryptionMasterKey?.grantEncryptDecrypt(grantee) ??
    Grant.drop(grantee, 'allowed by one statement for all rules of the bus')
  );
}
