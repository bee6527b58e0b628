import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression, ScheduleGroup, TimeWindow } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, TimeZone } from 'aws-cdk-lib/core';
import { CronJob, type CronJobOptions } from 'cdk-trellis';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';
import { templateRecord } from '../support/template-record.js';

const daily = ScheduleExpression.cron({ hour: '5', minute: '0', timeZone: TimeZone.EUROPE_BERLIN });
const week = Duration.days(7);
const handler = () => import('./fixtures/clean.js');

function jobWith(props: Partial<CronJobOptions> = {}, context = {}) {
  const stack = newStack(context);
  const job = new CronJob(stack, 'Clean', { schedule: daily, handler, ...props });
  return { stack, job, template: Template.fromStack(stack) };
}

const expectSchedule = (props: Partial<CronJobOptions>, properties: object) =>
  jobWith(props).template.hasResourceProperties('AWS::Scheduler::Schedule', properties);

describe('CronJob', () => {
  it('is a schedule with a time zone, retries, a queue for failures and an alarm on missed runs', () => {
    expect(templateRecord(jobWith().stack)).toMatchSnapshot();
  });

  it.each(['aws', 'localstack'])('leaves cdk-nag nothing to find on %s', (target) => {
    expect(
      nagFindings((stack) => new CronJob(stack, 'Clean', { schedule: daily, handler }), { target }),
    ).toEqual([]);
  });

  it('binds what its handler needs, and the table by which no two runs overlap', () => {
    const stack = newStack();
    const reports = new Bucket(stack, 'Reports');
    new CronJob(stack, 'Report', {
      schedule: daily,
      handler: () => import('./fixtures/report.js'),
      bind: { reports },
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          REPORTS_BUCKET: { Ref: Match.stringLikeRegexp('^Reports') },
          RUNS_IDEMPOTENCY: { Ref: Match.stringLikeRegexp('^Idempotency') },
        },
      },
    });
  });

  it('runs a plain handler, without that table', () => {
    const stack = newStack();
    new CronJob(stack, 'Plain', { schedule: daily, handler: () => import('./fixtures/plain.js') });
    Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
  });

  it('may start within a time', () => {
    expectSchedule(
      { flexibleWindow: Duration.minutes(15) },
      { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 } },
    );
  });

  it('has other retries and another age', () => {
    expectSchedule(
      { maxEventAge: Duration.hours(6), retryAttempts: 10 },
      { Target: { RetryPolicy: { MaximumEventAgeInSeconds: 21600, MaximumRetryAttempts: 10 } } },
    );
  });

  it("lets the user's properties win", () => {
    const stack = newStack();
    const scheduleGroup = new ScheduleGroup(stack, 'Group');
    new CronJob(stack, 'Clean', { schedule: daily, handler, scheduler: { enabled: false, scheduleGroup } });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      State: 'DISABLED',
      GroupName: Match.stringLikeRegexp('^Stack-Group'),
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Condition: {
              StringEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [Match.stringLikeRegexp('^Group'), 'Arn'] } },
            },
          },
        ],
      },
    });
  });

  it.each([
    ['a daily job', daily, 3600, 26],
    ['one of every ten minutes', ScheduleExpression.rate(Duration.minutes(10)), 300, 4],
  ])('has an alarm when %s was not run in time', (_, schedule, Period, EvaluationPeriods) => {
    jobWith({ schedule }).template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Invocations',
      ComparisonOperator: 'LessThanOrEqualToThreshold',
      Threshold: 0,
      TreatMissingData: 'breaching',
      Period,
      EvaluationPeriods,
    });
  });

  it('has no such alarm where it would come too late, or none is wanted', () => {
    const monthly = ScheduleExpression.cron({ day: '1', hour: '5', minute: '0' });
    const names = (props: Partial<CronJobOptions>) => jobWith(props).job.alarms.map(({ node }) => node.id);
    expect(names({ schedule: monthly })).toEqual([]);
    expect(names({ alarms: { missedAfter: false } })).toEqual([]);
    expect(names({ alarms: false })).toEqual([]);
    expect(names({ schedule: monthly, alarms: { missedAfter: Duration.days(7) } })).toEqual(['MissedAlarm']);
  });

  it.each<[string, Partial<CronJobOptions>]>([
    ['is disabled', { scheduler: { enabled: false } }],
    ['is disabled, whatever its threshold', { scheduler: { enabled: false }, alarms: { missedAfter: week } }],
    ['begins later', { scheduler: { start: new Date('2999-01-01') } }],
    ['has ended', { scheduler: { end: new Date('2020-01-01') }, alarms: { missedAfter: week } }],
    ['ends some day', { scheduler: { end: new Date('2999-01-01') } }],
  ])('has no alarm on missed runs that would be on for ever when it %s', (_, props) => {
    expect(jobWith(props).job.alarms).toEqual([]);
  });

  it.each<[string, Partial<CronJobOptions>]>([
    ['has begun', { scheduler: { start: new Date('2020-01-01') } }],
    [
      'ends some day and has a threshold',
      { scheduler: { end: new Date('2999-01-01') }, alarms: { missedAfter: week } },
    ],
  ])('has that alarm when it %s', (_, props) => {
    expect(jobWith(props).job.alarms).toHaveLength(1);
  });

  it.each<[string, Partial<CronJobOptions>]>([
    ['flexibleWindow', { flexibleWindow: Duration.hours(12) }],
    ['scheduler.timeWindow', { scheduler: { timeWindow: TimeWindow.flexible(Duration.hours(12)) } }],
  ])('waits for a run as long as `%s` allows it to start later', (_, props) => {
    jobWith(props).template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Invocations',
      EvaluationPeriods: 38,
    });
  });

  it('has another topic', () => {
    const stack = newStack();
    new CronJob(stack, 'Clean', { schedule: daily, handler, alarms: { topic: new Topic(stack, 'Topic') } });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Invocations',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
    });
  });

  it('has another topic and threshold for failed runs, or no alarm', () => {
    const alarmsOf = (alarms: CronJobOptions['alarms'], other = {}) => {
      const stack = newStack();
      const topic = new Topic(stack, 'Topic');
      new CronJob(stack, 'Clean', {
        schedule: daily,
        handler,
        alarms: alarms && { topic, ...alarms },
        ...other,
      });
      const all = Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm');
      return Object.values(all).filter(({ Properties }) => Properties.MetricName !== 'Invocations');
    };
    expect(alarmsOf({ deadLetters: 3 })).toEqual([
      expect.objectContaining({
        Properties: expect.objectContaining({
          Threshold: 3,
          AlarmActions: [{ Ref: expect.stringMatching('^Topic') }],
        }),
      }),
    ]);
    expect(alarmsOf(false)).toEqual([]);
    expect(alarmsOf({ deadLetters: 3 }, { failures: { alarm: false } })).toEqual([]);
  });

  it('has a queue of its own where the function has another destination for failures', () => {
    const stack = newStack();
    const onFailure = new SqsDestination(new Queue(stack, 'Own'));
    const job = new CronJob(stack, 'Clean', { schedule: daily, handler, onFailure });
    Template.fromStack(stack).resourceCountIs('AWS::SQS::Queue', 2);
    expect(job.alarms.map(({ node }) => node.id)).toEqual(['MissedAlarm', 'DeadLettersAlarm']);
  });

  it('is a rule on LocalStack, and warns that its time zone is lost', () => {
    const { stack, template } = jobWith({}, { target: 'localstack' });
    template.resourceCountIs('AWS::Scheduler::Schedule', 0);
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'cron(0 5 * * ? *)',
      Targets: [
        {
          InputTransformer: { InputPathsMap: { time: '$.time' }, InputTemplate: '{"scheduledTime":<time>}' },
          RetryPolicy: { MaximumEventAgeInSeconds: 3600 },
          DeadLetterConfig: Match.anyValue(),
        },
      ],
    });
    Annotations.fromStack(stack).hasWarning(
      '/Stack/Clean',
      Match.stringLikeRegexp('is in UTC and not in Europe/Berlin'),
    );
    const utc = jobWith({ schedule: ScheduleExpression.rate(Duration.hours(1)) }, { target: 'localstack' });
    Annotations.fromStack(utc.stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('CronJob is refused', () => {
  it.each<[string, Partial<CronJobOptions>, string]>([
    [
      'with a text for a schedule',
      { schedule: 'rate(1 hour)' as never },
      '`schedule` must be a ScheduleExpression, got a string',
    ],
    [
      'with a number for a duration',
      { maxEventAge: 3600 as never },
      '`maxEventAge` must be a Duration, as in `Duration.seconds(30)`, got 3600',
    ],
    [
      'with too short a window',
      { flexibleWindow: Duration.seconds(30) },
      '`flexibleWindow` must be a minute to a day, got 30 seconds',
    ],
    [
      'with too long a time to try',
      { maxEventAge: Duration.days(2) },
      '`maxEventAge` must be a minute to a day, got 2 days',
    ],
    [
      'with too many tries',
      { retryAttempts: 186 },
      '`retryAttempts` must be a whole number from 0 to 185, got 186',
    ],
    [
      'with an alarm that looks back too far',
      { alarms: { missedAfter: Duration.days(8) } },
      '`alarms.missedAfter` must be five minutes to a week, got 8 days',
    ],
  ])('%s', (_, props, message) => {
    expect(() => jobWith(props)).toThrow(`${message} (at Stack/Clean)`);
  });

  it('with a handler of messages', () => {
    const messages = () => import('../messaging/fixtures/send-mail-once.js') as never;
    expect(() => new CronJob(newStack(), 'Clean', { schedule: daily, handler: messages })).toThrow(
      '`handler` must call `job(...)` or be a plain function, got a call of `worker`',
    );
  });
});
