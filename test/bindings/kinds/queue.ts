import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { handle, type QueueClient, queue } from 'cdk-trellis/runtime';
import type { FixtureStack } from '../fixtures.js';
import { type Probes, probing } from '../probing.js';

export const probes = ({ queueUrl: QueueUrl, client }: QueueClient): Probes => ({
  'sqs:SendMessage': () => client.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' })),
  'sqs:SendMessage batch': () =>
    client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', MessageBody: '{}' }] })),
});

export const send = handle({ it: queue.send }, probing(probes));

export const resource = ({ cdk, stack, key }: FixtureStack) =>
  new cdk.aws_sqs.Queue(stack, 'Work', {
    removalPolicy: cdk.RemovalPolicy.DESTROY,
    encryptionMasterKey: key,
  });

export const imported = ({ cdk, stack }: FixtureStack) =>
  cdk.aws_sqs.Queue.fromQueueArn(stack, 'Imported', 'arn:aws:sqs:us-east-1:222222222222:work');
