import { Match, Template } from 'aws-cdk-lib/assertions';
import { StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Duration, type Stack } from 'aws-cdk-lib/core';
import { DataTable, EventHub, Outbox, type OutboxProps } from 'cdk-trellis';
import { expectAlarmWithoutSuccess } from '../support/check-alarm.js';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';
import { templateRecord } from '../support/template-record.js';

const tableIn = (stack: Stack, stream?: StreamViewType) =>
  new DataTable(stack, 'Orders', { partitionKey: 'orderId', ...(stream && { stream }) });

function outboxIn(stack: Stack, props: Partial<OutboxProps> = {}): Outbox {
  return new Outbox(stack, 'Outbox', {
    ...props,
    table: props.table ?? tableIn(stack, StreamViewType.NEW_AND_OLD_IMAGES),
    events: props.events ?? new EventHub(stack, 'Events', { archive: false }),
  });
}

function templateWith(props: Partial<OutboxProps>): Template {
  const stack = newStack();
  outboxIn(stack, props);
  return Template.fromStack(stack);
}

const expectSource = (props: Partial<OutboxProps>, properties: object) =>
  templateWith(props).hasResourceProperties('AWS::Lambda::EventSourceMapping', properties);

describe('Outbox', () => {
  it('publishes from the beginning of the stream, with partial failures, bounded retries and a place for failures', () => {
    const stack = newStack();
    outboxIn(stack);
    expect(templateRecord(stack)).toMatchSnapshot();
  });

  it('leaves cdk-nag nothing to find', () => {
    expect(nagFindings((stack) => outboxIn(stack))).toEqual([]);
  });

  it('keeps the logical id of its queue: another one would lose what failed', () => {
    expect(Object.keys(templateWith({}).findResources('AWS::SQS::Queue'))).toEqual([
      'OutboxFailures542FF1D0',
    ]);
  });

  it('may put events, keep what fails, and read this one stream', () => {
    const roles = JSON.stringify(templateWith({}).findResources('AWS::IAM::Role'));
    const policies = templateWith({}).findResources('AWS::IAM::Policy');
    const actions = [...`${roles}${JSON.stringify(policies)}`.matchAll(/"(\w+:[A-Z]\w+)"/g)].map(
      ([, action]) => action,
    );
    expect([...new Set(actions)].sort()).toEqual([
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      'events:PutEvents',
      'lambda:GetEventSourceMapping',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sqs:SendMessage',
      'states:StartExecution',
      'sts:AssumeRole',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
    const onEverything = Object.values<any>(policies)
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Resource }) => Resource === '*');
    expect(onEverything.flatMap(({ Action }) => Action)).toEqual([
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
    ]);
  });

  it('has other retries, ages and batch sizes', () => {
    expectSource(
      { batchSize: 10, retryAttempts: 3, maxRecordAge: Duration.hours(1) },
      { BatchSize: 10, MaximumRetryAttempts: 3, MaximumRecordAgeInSeconds: 3600 },
    );
  });

  it("lets the user's properties win", () => {
    expectSource({ eventSource: { parallelizationFactor: 5 } }, { ParallelizationFactor: 5 });
    templateWith({ function: { memorySize: 512 } }).hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 512,
      Timeout: 60,
    });
  });

  it('has other thresholds, and another topic', () => {
    const stack = newStack();
    outboxIn(stack, {
      alarms: { topic: new Topic(stack, 'Topic'), delay: Duration.minutes(1), deadLetters: 2 },
    });
    const template = Template.fromStack(stack);
    const AlarmActions = [{ Ref: Match.stringLikeRegexp('^Topic') }];
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'IteratorAge',
      Threshold: 60_000,
      AlarmActions,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 2, AlarmActions });
  });

  it('has no alarms where none are wanted, and no check', () => {
    const template = templateWith({ alarms: false });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    expect(outboxIn(newStack(), { alarms: { unread: false } }).alarms).toHaveLength(3);
  });

  it('looks every five minutes at its event source, and at nothing else', () => {
    const stack = newStack();
    const { eventSource } = outboxIn(stack);
    const template = Template.fromStack(stack);
    const [[id, check]] = Object.entries<any>(template.findResources('AWS::StepFunctions::StateMachine')) as [
      [string, any],
    ];
    const mapping = stack.resolve(eventSource.eventSourceMappingId);
    expect(check.Properties.DefinitionSubstitutions.EventSource).toEqual(mapping);
    const role = template.findResources('AWS::IAM::Role')[check.Properties.RoleArn['Fn::GetAtt'][0]] as any;
    expect(role.Properties.Policies.map((one: any) => one.PolicyDocument.Statement)).toEqual([
      [
        {
          Effect: 'Allow',
          Action: 'lambda:GetEventSourceMapping',
          Resource: stack.resolve(eventSource.eventSourceMappingArn),
        },
      ],
    ]);
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(5 minutes)',
      // A message in the failure queue would be taken for an event that could not be published.
      Targets: [{ Arn: { Ref: id }, Input: '{}', DeadLetterConfig: Match.absent() }],
    });
    expectAlarmWithoutSuccess(template, id, 900);
  });

  it("takes CDK's own table and bus", () => {
    const stack = newStack();
    const table = Table.fromTableAttributes(stack, 'Table', {
      tableName: 'orders',
      tableStreamArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/x',
    });
    outboxIn(stack, { table, events: EventBus.fromEventBusName(stack, 'Bus', 'shop') });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/x',
    });
  });

  it.each([
    [undefined, 'no stream'],
    [StreamViewType.NEW_IMAGE, 'NEW_IMAGE'],
  ])('is refused with a table whose stream is %s', (stream, given) => {
    const stack = newStack();
    expect(() => outboxIn(stack, { table: tableIn(stack, stream) })).toThrow(
      `\`table\` must have a stream of new and old images, got ${given}. Set \`stream: StreamViewType.NEW_AND_OLD_IMAGES\` on Stack/Orders/Table (at Stack/Outbox)`,
    );
  });
});
