import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Stack, Token, TokenComparison } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** What has been allowed already, by queue. */
const allowed = new WeakMap<IQueue, Set<string>>();

/**
 * Allows the rules of a bus to send to a queue by one statement, and returns the queue as rules are to be given it.
 *
 * CDK adds a statement for each rule, and SQS takes 20 statements and 8,192 bytes: ten events for one worker would be
 * too many. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
 */
export function allowRules(scope: Construct, bus: IEventBus, queue: IQueue): IQueue {
  // CDK warns of a queue of another account, whose policy is not ours.
  const { account } = Stack.of(scope);
  if (Token.compareStrings(account, queue.env.account) === TokenComparison.DIFFERENT) return queue;
  const sources = Stack.of(scope).formatArn({
    service: 'events',
    resource: 'rule',
    resourceName: `${bus.eventBusName}/*`,
  });
  const known = allowed.get(queue) ?? new Set<string>();
  allowed.set(queue, known);
  if (!known.has(sources)) {
    known.add(sources);
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

/** A queue that is encrypted with a key of the user's: whoever sends to it uses the key. */
function grantOfKey({ encryptionMasterKey }: IQueue, grantee: IGrantable): Grant {
  return (
    encryptionMasterKey?.grantEncryptDecrypt(grantee) ??
    Grant.drop(grantee, 'allowed by one statement for all rules of the bus')
  );
}
