import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic, type TopicProps } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Annotations, Aws } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledge } from '../construct/acknowledge.js';
import { definedProps } from '../construct/defined-props.js';

/** Creates the topic of an app's alarms. */
export function createAlarmTopic(scope: Construct, topicName: string, own: TopicProps | undefined): Topic {
  const topic = new Topic(scope, 'Alarms', { topicName, enforceSSL: true, ...definedProps(own) });
  // A topic policy replaces the default one, which lets the account's alarms publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  if (topic.masterKey) allowKey(scope, topic.masterKey);
  return topic;
}

/**
 * Lets CloudWatch use the topic's own key: without it, every alarm is lost silently.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
function allowKey(scope: Construct, key: IKey): void {
  const { statementAdded } = key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  if (statementAdded) return;
  Annotations.of(scope).addWarningV2(
    'cdk-trellis:topicKey',
    "The topic's key is imported, so that its policy cannot be changed here: allow cloudwatch.amazonaws.com kms:Decrypt and kms:GenerateDataKey* in it, or no alarm is delivered. The key alias/aws/sns cannot be used, since its policy cannot be changed.",
  );
}

export function subscribe(topic: Topic, email: string): void {
  acknowledge(topic.addSubscription(new EmailSubscription(email)), {
    'Serverless-SNSRedrivePolicy':
      'A dead-letter queue for e-mails has no use: the alarm stays on, and appears in the dashboard.',
  });
}

export function notifySlack(
  scope: Construct,
  topic: Topic,
  slack: { readonly workspaceId: string; readonly channelId: string },
  name: string,
): void {
  const channel = new SlackChannelConfiguration(scope, 'Slack', {
    slackChannelConfigurationName: name,
    slackWorkspaceId: slack.workspaceId,
    slackChannelId: slack.channelId,
    notificationTopics: [topic],
  });
  if (channel.role) {
    acknowledge(channel.role, {
      'AwsSolutions-IAM4': 'The role has no policies: it can do nothing but be assumed.',
    });
  }
}
