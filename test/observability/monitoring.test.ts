import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib/core';
import { Monitoring, type MonitoringProps } from 'cdk-trellis';
import { addAlarm } from '../../lib/observability/alarm.js';
import { nagFindings } from '../support/nag.js';
import { newStack, stableTemplate } from '../support/template.js';

const metric = new Metric({ namespace: 'Shop', metricName: 'Failures' });
const alarm = (stack: Stack, id = 'Failures') =>
  addAlarm(stack, id, {
    metric,
    threshold: 0,
    description: 'It fails. Repair it.',
    runbook: 'failed-events',
  });

/** Monitoring in one stack, and a service with an alarm and a queue in another. */
function app(props: MonitoringProps = {}) {
  const app = new App();
  const operations = new Stack(app, 'Operations');
  const service = new Stack(app, 'Orders');
  new Queue(service, 'Queue');
  alarm(service);
  const monitoring = new Monitoring(operations, 'Monitoring', props);
  return { app, operations, service, monitoring };
}

/** Returns the dashboard's body, with unresolved references. */
function dashboardOf(stack: Stack): string {
  const [{ Properties }] = Object.values(
    Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'),
  ) as [{ Properties: { DashboardBody: unknown } }];
  return JSON.stringify(Properties.DashboardBody).replaceAll('\\\\\\"', '"').replaceAll('\\"', '"');
}

describe('Monitoring', () => {
  it('has a topic, a dashboard and no subscription by default', () => {
    const stack = newStack();
    new Monitoring(stack, 'Monitoring');
    expect(stableTemplate(stack)).toMatchSnapshot();
  });

  it('has an alarm for each service whose failures could not be written anywhere, by default', () => {
    const queries = (props: MonitoringProps) =>
      Object.values<any>(
        Template.fromStack(app(props).operations).findResources('AWS::CloudWatch::Alarm'),
      ).map(({ Properties }) => Properties.Metrics[0].Expression.match(/SUM\((\w+)\)/)[1]);
    expect(queries({})).toEqual([
      'DestinationDeliveryFailures',
      'DeadLetterErrors',
      'InvocationsFailedToBeSentToDlq',
      'InvocationsFailedToBeSentToDeadLetterCount',
      'NumberOfNotificationsFailedToRedriveToDlq',
    ]);
    expect(queries({ undelivered: false })).toEqual([]);
  });

  it('sends every alarm of the app to its topic, without an export', () => {
    const { service } = app();
    const arn = { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('Operations-alarms')])] };
    Template.fromStack(service).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Orders-Failures',
      AlarmActions: [arn],
      OKActions: [arn],
    });
    expect(JSON.stringify(Template.fromStack(service).toJSON())).not.toContain('ImportValue');
  });

  it('leaves alarms alone that have an action of their own', () => {
    const { service } = app();
    const own = new Topic(service, 'Own');
    const loud = new Alarm(service, 'Loud', { metric, threshold: 1, evaluationPeriods: 1 });
    loud.addAlarmAction(new SnsAction(own));
    const alarms = Template.fromStack(service).findResources('AWS::CloudWatch::Alarm', {
      Properties: { AlarmActions: [{ Ref: service.getLogicalId(own.node.defaultChild as never) }] },
    });
    expect(Object.keys(alarms)).toHaveLength(1);
  });

  it('of a stage of a pipeline concerns this stage only', () => {
    const app = new App();
    const stages = ['Test', 'Production'].map((id) => {
      const stage = new Stage(app, id);
      const stack = new Stack(stage, 'Service');
      alarm(stack);
      new Monitoring(stack, 'Monitoring');
      return stack;
    });
    expect(dashboardOf(stages[0]!)).toContain('Test-Service');
    expect(dashboardOf(stages[0]!)).not.toContain('Production');
  });

  it('shows all alarms, and graphs for what each stack has', () => {
    const { operations } = app();
    const body = dashboardOf(operations);
    expect(body).toContain(':alarm:Orders-Failures');
    expect(body).toContain('# Orders');
    expect(body).toContain(
      `SEARCH('{AWS/SQS,QueueName} MetricName="ApproximateAgeOfOldestMessage" Orders', 'Maximum', 300)`,
    );
    expect(body).not.toContain('AWS/States');
    expect(body).not.toContain('# Operations');
  });

  it('does without a dashboard', () => {
    const { operations } = app({ dashboard: false });
    Template.fromStack(operations).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });

  it('sends e-mails', () => {
    const { operations } = app({ emails: ['on-call@example.com'] });
    Template.fromStack(operations).hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'on-call@example.com',
    });
  });

  it('writes to a Slack channel', () => {
    const { operations } = app({ slack: { workspaceId: 'T0123', channelId: 'C0123' } });
    Template.fromStack(operations).hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
      SlackWorkspaceId: 'T0123',
      SlackChannelId: 'C0123',
      SnsTopicArns: [{ Ref: Match.stringLikeRegexp('^MonitoringAlarms') }],
    });
  });

  it('takes any property of the topic', () => {
    const { operations, service } = app({ topic: { topicName: 'pager', displayName: 'Pager' } });
    Template.fromStack(operations).hasResourceProperties('AWS::SNS::Topic', {
      TopicName: 'pager',
      DisplayName: 'Pager',
    });
    expect(JSON.stringify(Template.fromStack(service).toJSON())).toContain(':pager');
  });

  it('monitors the given constructs', () => {
    const { app: root, operations, service } = app();
    const other = new Stack(root, 'Other');
    alarm(other);
    new Monitoring(other, 'Monitoring', { monitored: other, topic: { topicName: 'other' } });
    expect(dashboardOf(other)).not.toContain('Orders');
    expect(dashboardOf(operations)).toContain('Other');
    expect(service).toBeDefined();
  });

  it('reports at synth what the app costs at rest', () => {
    const { app: root, operations } = app();
    root.synth();
    Annotations.fromStack(operations).hasInfo(
      '/Operations/Monitoring',
      'At rest, this app costs $0.60 a month (us-east-1): 6 alarms $0.60',
    );
  });

  it('refuses an invalid address', () => {
    expect(() => app({ emails: ['on-call@example.com', 'somewhere'] })).toThrow(
      '`emails` must be addresses like on-call@example.com, got somewhere (at Operations/Monitoring)',
    );
  });

  it('refuses a nested stack, whose name is unknown at synth', () => {
    const nested = new NestedStack(newStack(), 'Nested');
    expect(() => new Monitoring(nested, 'Monitoring')).toThrow(
      'Monitoring must be in a stack whose name is known at synth, got a nested stack (at Stack/Nested/Monitoring)',
    );
  });

  it('passes the security scans', () => {
    const findings = nagFindings((stack) => {
      new Monitoring(stack, 'Monitoring', {
        emails: ['on-call@example.com'],
        slack: { workspaceId: 'T0123', channelId: 'C0123' },
      });
    });
    expect(findings).toEqual([]);
  });
});
