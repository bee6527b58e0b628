import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, AlarmRule, type CfnAlarm, CompositeAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { App, NestedStack, Stack } from 'aws-cdk-lib/core';
import { Monitoring } from 'cdk-trellis';

const env = (region: string, account = '111111111111') => ({ env: { region, account } });
const metric = new Metric({ namespace: 'x', metricName: 'y' });

const bodyOf = (stack: Stack) => {
  const [dashboard] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
  const body: unknown = dashboard!.Properties.DashboardBody;
  return JSON.stringify(body).replaceAll('\\', '');
};

describe('Monitoring of several regions', () => {
  const app = () => {
    const root = new App();
    const here = new Stack(root, 'Here', env('eu-west-1'));
    const there = new Stack(root, 'There', env('us-east-1'));
    new Monitoring(here, 'Monitoring');
    new Alarm(there, 'Loud', { metric, threshold: 1, evaluationPeriods: 1 });
    new StateMachine(there, 'Machine', {
      definitionBody: DefinitionBody.fromChainable(new Pass(there, 'Pass')),
    });
    return { root, here, there };
  };

  it('never names a topic that is not there, and warns of alarms that are not delivered', () => {
    const { here, there } = app();
    const [alarm] = Object.values(Template.fromStack(there).findResources('AWS::CloudWatch::Alarm'));
    expect(alarm!.Properties.AlarmActions).toBeUndefined();
    Annotations.fromStack(here).hasWarning(
      '/Here/Monitoring',
      Match.stringLikeRegexp('1 alarms are not delivered.*There \\(us-east-1, account 111111111111\\)'),
    );
  });

  it('with one in each region sends every alarm, and warns of nothing', () => {
    const { here, there } = app();
    new Monitoring(there, 'Monitoring', { dashboard: false });
    const [alarm] = Object.values(Template.fromStack(there).findResources('AWS::CloudWatch::Alarm'));
    expect(alarm!.Properties.AlarmActions).toHaveLength(1);
    Annotations.fromStack(here).hasNoWarning('*', Match.stringLikeRegexp('not delivered'));
  });

  it('shows graphs of the region that a stack is in', () => {
    expect(bodyOf(app().here)).toContain('"region":"us-east-1"');
  });

  it('finds state machines, whose names are without the stack', () => {
    const { here, there } = app();
    const [id] = Object.keys(Template.fromStack(there).findResources('AWS::StepFunctions::StateMachine'));
    expect(bodyOf(here)).toContain(`MetricName="ExecutionsFailed" ${id}'`);
  });
});

describe('the dashboard', () => {
  it('has no widget of alarms without alarms', () => {
    const stack = new Stack(new App(), 'S');
    new Monitoring(stack, 'Monitoring', { undelivered: false });
    expect(bodyOf(stack)).not.toContain('"alarm"');
  });

  it("shows CDK's own alarms of its stack, which have no name", () => {
    const stack = new Stack(new App(), 'S');
    new Monitoring(stack, 'Monitoring');
    const alarm = new Alarm(stack, 'Mine', { metric, threshold: 1, evaluationPeriods: 1 });
    expect(bodyOf(stack)).toContain(stack.getLogicalId(alarm.node.defaultChild as CfnAlarm));
  });

  it("shows composite alarms and CDK's own of other stacks, also nested ones, by a name without an export", () => {
    const root = new App();
    const operations = new Stack(root, 'Operations');
    const shop = new Stack(root, 'Shop');
    const backend = new NestedStack(shop, 'Backend');
    new Monitoring(operations, 'Monitoring');
    const mine = new Alarm(shop, 'Mine', { metric, threshold: 1, evaluationPeriods: 1 });
    const nested = new Alarm(backend, 'Nested', { metric, threshold: 1, evaluationPeriods: 1 });
    const all = new CompositeAlarm(shop, 'All', { alarmRule: AlarmRule.allOf(mine) });
    const body = bodyOf(operations);
    for (const { node } of [mine, nested, all]) {
      const alarm = node.defaultChild as CfnAlarm;
      const alarmName: unknown = alarm.stack.resolve(alarm.alarmName);
      expect(alarmName).toMatch(/^Shop/);
      expect(body).toContain(`:alarm:${alarmName}"`);
    }
    expect(JSON.stringify(Template.fromStack(shop).toJSON())).not.toContain('Export');
  });

  it('shows graphs of another account', () => {
    const root = new App();
    const operations = new Stack(root, 'Operations', env('eu-west-1'));
    const shop = new Stack(root, 'Shop', env('eu-west-1', '222222222222'));
    new Queue(shop, 'Queue');
    new Monitoring(operations, 'Monitoring');
    expect(bodyOf(operations)).toContain('"accountId":"222222222222"');
  });

  it('has at most as many widgets as CloudWatch accepts, with a warning', () => {
    const root = new App();
    const operations = new Stack(root, 'Operations');
    for (let at = 0; at < 251; at++) new Queue(new Stack(root, `Shop${at}`), 'Queue');
    new Monitoring(operations, 'Monitoring', { undelivered: false });
    expect(bodyOf(operations).match(/"type":/g)).toHaveLength(500);
    Annotations.fromStack(operations).hasWarning(
      '/Operations/Monitoring',
      Match.stringLikeRegexp('shows 500 of 502 widgets'),
    );
  });

  it('has at most a hundred alarms in one widget', () => {
    const stack = new Stack(new App(), 'S');
    new Monitoring(stack, 'Monitoring');
    for (let at = 0; at < 101; at++) {
      const alarmName = `alarm-${at}`;
      new Alarm(stack, alarmName, { alarmName, metric, threshold: 1, evaluationPeriods: 1 });
    }
    expect(bodyOf(stack).match(/"type":"alarm"/g)).toHaveLength(2);
  });
});

it('a composite alarm is sent to the topic, too', () => {
  const stack = new Stack(new App(), 'S');
  new Monitoring(stack, 'Monitoring');
  const alarm = new Alarm(stack, 'Mine', { metric, threshold: 1, evaluationPeriods: 1 });
  new CompositeAlarm(stack, 'All', { alarmRule: AlarmRule.allOf(alarm) });
  const [composite] = Object.values(
    Template.fromStack(stack).findResources('AWS::CloudWatch::CompositeAlarm'),
  );
  expect(composite!.Properties.AlarmActions).toHaveLength(1);
});

describe('a topic with a key', () => {
  it('lets CloudWatch use the key', () => {
    const stack = new Stack(new App(), 'S');
    new Monitoring(stack, 'Monitoring', { topic: { masterKey: new Key(stack, 'Key') } });
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
  });

  it('imported from another account causes a warning', () => {
    const stack = new Stack(new App(), 'S');
    const masterKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:111111111111:key/a');
    new Monitoring(stack, 'Monitoring', { topic: { masterKey } });
    Annotations.fromStack(stack).hasWarning('/S/Monitoring', Match.stringLikeRegexp('no alarm is delivered'));
  });
});
