import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { CfnAlarm, CfnCompositeAlarm, CfnDashboard, Column } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic, type TopicProps } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import {
  Annotations,
  AspectPriority,
  Aspects,
  Aws,
  Lazy,
  Stack,
  Stage,
  Token,
  TokenComparison,
} from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { acknowledge } from '../construct/acknowledge.js';
import { definedProps } from '../construct/defined-props.js';
import { applyTarget } from '../target/apply-target.js';
import { costAtRest } from './cost-at-rest.js';
import { dashboardWidgets } from './dashboard-widgets.js';
import { addUndeliveredAlarms } from './undelivered-alarms.js';

export interface MonitoringProps {
  /** Who gets an e-mail when an alarm goes on or off; each confirms once, by a link that SNS sends. @default - nobody */
  readonly emails?: readonly string[];
  /**
   * The Slack channel that alarms are written to. The workspace must be authorized once in the console.
   * https://docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html
   * @default - none
   */
  readonly slack?: { readonly workspaceId: string; readonly channelId: string };
  /** Whether there is a dashboard; the first three of an account are free, each further one costs $3 a month. @default true */
  readonly dashboard?: boolean;
  /**
   * Whether there are alarms on failures that could not be written to where failures go, in this account and region:
   * destinations and dead-letter queues of functions, rules, schedules and topics. Set it to false in all but one app of
   * an account and region. @default true: five alarms, $0.50 a month
   */
  readonly undelivered?: boolean;
  /** What is monitored. @default - the whole app, or the stage of a pipeline that this is in */
  readonly monitored?: IConstruct;
  /** Any property of the topic; it wins over the defaults. */
  readonly topic?: TopicProps;
}

/**
 * One place for all alarms of an app: a topic that each alarm without an action of its own is sent to, and a
 * dashboard with the alarms and the traffic, errors and delays of every stack. Says at synth what the app costs a
 * month when nobody uses it.
 *
 * Stacks name the topic by its name, so none imports anything from the stack that this is in; deploy that one first.
 * CloudWatch sends alarms to topics of their own region and account only: have one Monitoring in each.
 *
 * Costs at rest: $0.50 a month for five alarms on failures that could not be written to where failures go; nothing for
 * the first three dashboards of an account, then $3 a month.
 *
 * @example
 * import { Monitoring } from 'cdk-trellis';
 *
 * new Monitoring(stack, 'Monitoring', { emails: ['on-call@example.com'] });
 */
export class Monitoring extends Construct {
  /** Where alarms are sent to. */
  readonly topic: Topic;
  readonly dashboard: CfnDashboard | undefined;
  /** Alarms of other regions and accounts. */
  private readonly unreachable = new Set<AnyAlarm>();

  constructor(scope: Construct, id: string, props: MonitoringProps = {}) {
    super(scope, id);
    applyTarget(this);
    const { emails = [], slack, dashboard = true, undelivered = true } = props;
    const monitored = props.monitored ?? Stage.of(this) ?? this.node.root;
    const name = nameOf(this);
    refuseAddresses(this, emails);
    this.topic = this.createTopic(`${name}-alarms`, props.topic);
    for (const email of emails) this.tell(email);
    if (slack) this.tellSlack(slack, `${name}-alarms`);
    if (undelivered) addUndeliveredAlarms(this);
    if (dashboard) {
      this.dashboard = new CfnDashboard(this, 'Dashboard', {
        dashboardName: name,
        dashboardBody: Lazy.uncachedString({
          produce: () =>
            Stack.of(this).toJsonString({
              widgets: new Column(...dashboardWidgets(monitored, Stack.of(this))).toJson(),
            }),
        }),
      });
    }
    Aspects.of(monitored).add(
      { visit: (node) => this.receive(node) },
      // After what users' own aspects change.
      { priority: AspectPriority.READONLY - 1 },
    );
    this.node.addValidation({ validate: () => [...this.sayCost(monitored), ...this.warnOfUnreachable()] });
  }

  private createTopic(topicName: string, own: TopicProps | undefined): Topic {
    const topic = new Topic(this, 'Alarms', { topicName, enforceSSL: true, ...definedProps(own) });
    // A topic with a policy of its own is closed to the alarms of its account, too.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    if (topic.masterKey) this.allowKey(topic.masterKey);
    return topic;
  }

  /**
   * A topic with a key of the user's needs the key for CloudWatch, too, or every alarm is lost in silence.
   * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
   */
  private allowKey(key: IKey): void {
    const { statementAdded } = key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    if (statementAdded) return;
    Annotations.of(this).addWarningV2(
      'cdk-trellis:topicKey',
      'The key of the topic is not of this app, so that its policy cannot be changed here: allow cloudwatch.amazonaws.com kms:Decrypt and kms:GenerateDataKey* in it, or no alarm reaches anybody. The key alias/aws/sns cannot be used, since its policy cannot be changed.',
    );
  }

  private tell(email: string): void {
    acknowledge(this.topic.addSubscription(new EmailSubscription(email)), {
      'Serverless-SNSRedrivePolicy':
        'A queue of e-mails that could not be delivered helps nobody: the alarm itself stays on, and shows in the dashboard.',
    });
  }

  private tellSlack(slack: { workspaceId: string; channelId: string }, name: string): void {
    const channel = new SlackChannelConfiguration(this, 'Slack', {
      slackChannelConfigurationName: name,
      slackWorkspaceId: slack.workspaceId,
      slackChannelId: slack.channelId,
      notificationTopics: [this.topic],
    });
    if (channel.role) {
      acknowledge(channel.role, {
        'AwsSolutions-IAM4': 'The role has no policies: it can do nothing but be assumed.',
      });
    }
  }

  /** Alarms of other stacks know the topic by its name. */
  private receive(node: IConstruct): void {
    if (!(node instanceof CfnAlarm || node instanceof CfnCompositeAlarm) || hasActions(node)) return;
    const [here, there] = [Stack.of(this), Stack.of(node)];
    if (isElsewhere(here, there)) {
      this.unreachable.add(node);
      return;
    }
    const own = there === here;
    const arn = own
      ? this.topic.topicArn
      : Stack.of(node).formatArn({ service: 'sns', resource: topicName(this.topic) });
    node.alarmActions = [arn];
    node.okActions = [arn];
  }

  private warnOfUnreachable(): string[] {
    const silent = [...this.unreachable].filter((alarm) => !hasActions(alarm));
    const places = [...new Set(silent.map((alarm) => Stack.of(alarm)))].map(
      ({ region, account, node }) => `${node.path} (${region}, account ${account})`,
    );
    if (silent.length > 0) {
      Annotations.of(this).addWarningV2(
        'cdk-trellis:monitoringRegion',
        `${silent.length} alarms reach nobody: CloudWatch sends alarms to topics of their own region and account only, and this topic is in another one than ${places.join(', ')}. Put a Monitoring into a stack there, too (\`dashboard: false\` for no second dashboard).`,
      );
    }
    return [];
  }

  private sayCost(monitored: IConstruct): string[] {
    const { monthly, lines } = costAtRest(monitored);
    const parts = lines.map(({ what, count, monthly: part }) => `${count} ${what} $${part.toFixed(2)}`);
    Annotations.of(this).addInfo(
      `At rest this app costs $${monthly.toFixed(2)} a month (us-east-1)${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`,
    );
    return [];
  }
}

type AnyAlarm = CfnAlarm | CfnCompositeAlarm;

/** CloudWatch sends an alarm to topics of its own region only. */
function isElsewhere(here: Stack, there: Stack): boolean {
  return [
    [here.region, there.region],
    [here.account, there.account],
  ].some(([a, b]) => Token.compareStrings(a!, b!) === TokenComparison.DIFFERENT);
}

/** CDK's own alarms carry a list that is made when the template is. */
function hasActions(alarm: AnyAlarm): boolean {
  const actions: unknown[] | undefined = Stack.of(alarm).resolve(alarm.alarmActions);
  return (actions?.length ?? 0) > 0;
}

/** The physical name, which is known at synth: `topicName` is a reference. */
function topicName(topic: Topic): string {
  return (topic.node.defaultChild as unknown as { topicName: string }).topicName;
}

/** What the dashboard and the topic are called: they are found by it. */
function nameOf(scope: Construct): string {
  const { stackName } = Stack.of(scope);
  if (Token.isUnresolved(stackName)) {
    throw new Error(
      `Monitoring must be in a stack whose name is known at synth, got a nested stack (at ${scope.node.path})`,
    );
  }
  return stackName;
}

function refuseAddresses(scope: Construct, emails: readonly string[]): void {
  const wrong = emails.filter((email) => !Token.isUnresolved(email) && !/^[^\s@]+@[^\s@]+$/.test(email));
  if (wrong.length === 0) return;
  throw new Error(
    `\`emails\` must be addresses like on-call@example.com, got ${wrong.join(', ')} (at ${scope.node.path})`,
  );
}
