import { PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns';
import { handle, type TopicClient, topic } from 'cdk-trellis/runtime';
import type { FixtureStack } from '../fixtures.js';
import { type Probes, probing } from '../probing.js';

export const probes = ({ topicArn: TopicArn, client }: TopicClient): Probes => ({
  'sns:Publish': () => client.send(new PublishCommand({ TopicArn, Message: 'x' })),
  'sns:Publish batch': () =>
    client.send(
      new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [{ Id: '1', Message: 'x' }] }),
    ),
});

export const publish = handle({ it: topic.publish }, probing(probes));

// Without a policy of its own a topic lets its whole account publish.
export const resource = ({ cdk, stack, key }: FixtureStack) =>
  new cdk.aws_sns.Topic(stack, 'News', { enforceSSL: true, masterKey: key });

export const imported = ({ cdk, stack }: FixtureStack) =>
  cdk.aws_sns.Topic.fromTopicArn(stack, 'Imported', 'arn:aws:sns:us-east-1:222222222222:news');
