import { CfnDashboard, Column } from 'aws-cdk-lib/aws-cloudwatch';
import type { Topic, TopicProps } from 'aws-cdk-lib/aws-sns';
import {
  Annotations,
  AspectPriority,
  Aspects,
  Lazy,
  Stack,
  Stage,
  Token,
  TokenComparison,
} from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { assertProps } from '../construct/assert-props.js';
import { applyTarget } from '../target/apply-target.js';
import { type AnyAlarm, isAlarm, nameForDashboard } from './alarm-status.js';
import { createAlarmTopic, notifySlack, subscribe } from './alarm-topic.js';
import { costAtRest } from './cost-at-rest.js';
import { dashboardWidgets } from './dashboard-widgets.js';
import { addUndeliveredAlarms } from './undelivered-alarms.js';

export interface MonitoringProps {
  /** Addresses that receive an e-mail when an alarm goes on or off; each confirms once, by a link that SNS sends. @default - none */
  readonly emails?: readonly string[];
  /**
   * Slack channel that receives the alarms. The workspace must be authorized once in the console.
   * https://docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html
   * @default - none
   */
  readonly slack?: { readonly workspaceId: string; readonly channelId: string };
  /** Creates a dashboard; the first three of an account are free, each further one costs $3 a month. @default true */
  readonly dashboard?: boolean;
  /**
   * Adds alarms on failures that could not be delivered to their destination or dead-letter queue, in this account and
   * region, for functions, rules, schedules and topics. Set it to false in all but one app of an account and region.
   * @default true: five alarms, $0.50 a month
   */
  readonly undelivered?: boolean;
  /** Scope to monitor. @default - the whole app, or the pipeline stage that contains this construct */
  readonly monitored?: IConstruct;
  /** Properties of the topic; they override the defaults. */
  readonly topic?: TopicProps;
}

/**
 * Collects all alarms of an app: a topic that receives each alarm without an action of its own, and a dashboard with
 * the alarms and the traffic, errors and latency of every stack. Reports at synth the app's monthly cost without use.
 *
 * Stacks refer to the topic by its name, so that none imports from this construct's stack; deploy that stack first.
 * CloudWatch sends alarms to topics of their own region and account only: create one Monitoring in each.
 *
 * Costs at rest: $0.50 a month for five alarms on undelivered failures; nothing for
 * the first three dashboards of an account, then $3 a month.
 *
 * @example
 * import { Monitoring } from 'cdk-trellis';
 *
 * new Monitoring(stack, 'Monitoring', { emails: ['on-call@example.com'] });
 */
export class Monitoring extends Construct {
  /** Topic that receives the alarms. */
  readonly topic: Topic;
  readonly dashboard: CfnDashboard | undefined;
  /** Alarms of other regions and accounts. */
  private readonly unreachable = new Set<AnyAlarm>();

  constructor(scope: Construct, id: string, props: MonitoringProps = {}) {
    super(scope, id);
    assertProps(this, 'Monitoring', props, new.target === Monitoring);
    applyTarget(this);
    const { emails = [], slack, dashboard = true, undelivered = true } = props;
    const monitored = props.monitored ?? Stage.of(this) ?? this.node.root;
    const name = nameOf(this);
    assertAddresses(this, emails);
    this.topic = createAlarmTopic(this, `${name}-alarms`, props.topic);
    for (const email of emails) subscribe(this.topic, email);
    if (slack) notifySlack(this, this.topic, slack, `${name}-alarms`);
    if (undelivered) addUndeliveredAlarms(this);
    if (dashboard) {
      this.dashboard = new CfnDashboard(this, 'Dashboard', {
        dashboardName: name,
        dashboardBody: Lazy.uncachedString({
          produce: () =>
            Stack.of(this).toJsonString({ widgets: this.widgets(monitored).slice(0, MAX_WIDGETS) }),
        }),
      });
    }
    Aspects.of(monitored).add(
      { visit: (node) => this.addActions(node) },
      // After the users' own aspects.
      { priority: AspectPriority.READONLY - 1 },
    );
    this.node.addValidation({
      validate: () => [
        ...this.reportCost(monitored),
        ...this.warnOfUnreachable(),
        ...this.warnOfWidgets(monitored),
      ],
    });
  }

  private widgets(monitored: IConstruct): unknown[] {
    return new Column(...dashboardWidgets(monitored, Stack.of(this))).toJson();
  }

  /** Adds the topic to an alarm without actions; alarms of other stacks refer to it by its name. */
  private addActions(node: IConstruct): void {
    if (!isAlarm(node)) return;
    if (this.dashboard) nameForDashboard(node, Stack.of(this));
    if (hasActions(node)) return;
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
        `${silent.length} alarms are not delivered: CloudWatch sends alarms to topics of their own region and account only, which this topic does not share with ${places.join(', ')}. Add a Monitoring to a stack there (\`dashboard: false\` for no second dashboard).`,
      );
    }
    return [];
  }

  private warnOfWidgets(monitored: IConstruct): string[] {
    const count = this.dashboard ? this.widgets(monitored).length : 0;
    if (count > MAX_WIDGETS) {
      Annotations.of(this).addWarningV2(
        'cdk-trellis:dashboardWidgets',
        `The dashboard shows ${MAX_WIDGETS} of ${count} widgets, the maximum of CloudWatch. Create a Monitoring for each part of the app, with \`monitored\`.`,
      );
    }
    return [];
  }

  private reportCost(monitored: IConstruct): string[] {
    const { monthly, lines } = costAtRest(monitored);
    const parts = lines.map(({ what, count, monthly: part }) => `${count} ${what} $${part.toFixed(2)}`);
    Annotations.of(this).addInfo(
      `At rest, this app costs $${monthly.toFixed(2)} a month (us-east-1)${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`,
    );
    return [];
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const MAX_WIDGETS = 500;

/** Returns whether two stacks are in different regions or accounts: CloudWatch notifies topics of its own only. */
function isElsewhere(here: Stack, there: Stack): boolean {
  return [
    [here.region, there.region],
    [here.account, there.account],
  ].some(([a, b]) => Token.compareStrings(a!, b!) === TokenComparison.DIFFERENT);
}

/** Returns whether an alarm has actions; CDK's own alarms have a lazy list. */
function hasActions(alarm: AnyAlarm): boolean {
  const actions: unknown[] | undefined = Stack.of(alarm).resolve(alarm.alarmActions);
  return (actions?.length ?? 0) > 0;
}

/** Returns the physical name, known at synth: `topicName` is a reference. */
function topicName(topic: Topic): string {
  return (topic.node.defaultChild as unknown as { topicName: string }).topicName;
}

/** Returns the name of the dashboard and prefix of the topic's: the stack's name. */
function nameOf(scope: Construct): string {
  const { stackName } = Stack.of(scope);
  if (Token.isUnresolved(stackName)) {
    throw new Error(
      `Monitoring must be in a stack whose name is known at synth, got a nested stack (at ${scope.node.path})`,
    );
  }
  return stackName;
}

function assertAddresses(scope: Construct, emails: readonly string[]): void {
  const wrong = emails.filter((email) => !Token.isUnresolved(email) && !/^[^\s@]+@[^\s@]+$/.test(email));
  if (wrong.length === 0) return;
  throw new Error(
    `\`emails\` must be addresses like on-call@example.com, got ${wrong.join(', ')} (at ${scope.node.path})`,
  );
}
