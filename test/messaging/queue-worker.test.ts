import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { FilterCriteria } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { DataTable, NodeFunction, QueueWorker, type QueueWorkerOptions } from 'cdk-trellis';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';
import { templateRecord } from '../support/template-record.js';

const handler = () => import('./fixtures/send-mail-once.js');

function workerWith(props: QueueWorkerOptions & { timeout?: Duration } = {}, context = {}) {
  const stack = newStack(context);
  const worker = new QueueWorker(stack, 'Mails', { handler, ...props });
  return { stack, worker, template: Template.fromStack(stack) };
}

const expectQueue = (props: Parameters<typeof workerWith>[0], properties: object) =>
  workerWith(props).template.hasResourceProperties('AWS::SQS::Queue', properties);
const expectSource = (props: QueueWorkerOptions, properties: object) =>
  workerWith(props).template.hasResourceProperties('AWS::Lambda::EventSourceMapping', properties);

describe('QueueWorker', () => {
  it('is encrypted, TLS only, with a dead-letter queue, partial failures and two alarms', () => {
    const { stack } = workerWith();
    expect(templateRecord(stack)).toMatchSnapshot();
  });

  it.each([[{}], [{ fifo: true }]])('leaves cdk-nag nothing to find: %j', (props) => {
    expect(nagFindings((stack) => new QueueWorker(stack, 'Mails', { handler, ...props }))).toEqual([]);
  });

  it('keeps the logical ids of its queues: others would lose the messages', () => {
    expect(Object.keys(workerWith().template.findResources('AWS::SQS::Queue'))).toEqual([
      'MailsDeadLetters192EF268',
      'MailsQueue94113AC9',
    ]);
  });

  it('hides a message for six times as long as its function may take, and the batch window', () => {
    expectQueue({}, { VisibilityTimeout: 60 });
    expectQueue({ timeout: Duration.minutes(1) }, { VisibilityTimeout: 360 });
    expectQueue({ batchWindow: Duration.seconds(20) }, { VisibilityTimeout: 80 });
    expectQueue({ visibilityTimeout: Duration.minutes(2) }, { VisibilityTimeout: 120 });
  });

  it('encrypts its queues with a customer managed key, without further configuration', () => {
    const stack = newStack();
    const encryptionMasterKey = new Key(stack, 'Key');
    const queue = { encryptionMasterKey };
    new QueueWorker(stack, 'Mails', { handler, queue, deadLetterQueue: queue });
    const own = { Properties: { KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } } };
    expect(Object.keys(Template.fromStack(stack).findResources('AWS::SQS::Queue', own))).toHaveLength(2);
  });

  it('rejects a number as a duration, in JavaScript', () => {
    const message = 'must be a Duration, as in `Duration.seconds(30)`, got 60';
    expect(() => workerWith({ visibilityTimeout: 60 as never })).toThrow(
      `\`visibilityTimeout\` ${message} (at Stack/Mails)`,
    );
    expect(() => workerWith({ timeout: 60 as never })).toThrow(`\`timeout\` ${message} (at Stack/Mails)`);
  });

  it('binds what its handler needs', () => {
    const stack = newStack();
    const sent = new DataTable(stack, 'Sent', { partitionKey: 'id' });
    new QueueWorker(stack, 'Mails', { handler: () => import('./fixtures/send-mail.js'), bind: { sent } });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { SENT_TABLE: { Ref: Match.stringLikeRegexp('^Sent') } } },
    });
  });

  it('has one table in the stack for what its handlers have done, with three actions on it', () => {
    const stack = newStack();
    for (const id of ['Mails', 'Letters']) new QueueWorker(stack, id, { handler });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 1);
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      TimeToLiveSpecification: { AttributeName: 'expiration', Enabled: true },
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: [
        {
          PolicyDocument: {
            Statement: Match.arrayWith([
              Match.objectLike({
                Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
                Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Idempotency'), 'Arn'] },
              }),
            ]),
          },
        },
      ],
    });
  });

  it('is FIFO, with as much throughput as there is', () => {
    const { template } = workerWith({ fifo: true });
    template.resourcePropertiesCountIs('AWS::SQS::Queue', { FifoQueue: true }, 2);
    template.hasResourceProperties('AWS::SQS::Queue', {
      ContentBasedDeduplication: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
  });

  it('takes one message at a time from a FIFO queue', () => {
    expectSource({ fifo: true }, { BatchSize: 1 });
  });

  it.each([[{ batchSize: 5 }], [{ eventSource: { batchSize: 5 } }]])(
    'warns of a larger batch of a FIFO queue, and takes it: %j',
    (props) => {
      expectSource({ fifo: true, ...props }, { BatchSize: 5 });
      const { stack } = workerWith({ fifo: true, ...props });
      Annotations.fromStack(stack).hasWarning(
        '/Stack/Mails',
        Match.stringLikeRegexp('without having been handled.*cdk-trellis:fifoBatch'),
      );
    },
  );

  it.each([[{ fifo: true }], [{ fifo: true, batchSize: 1 }], [{ batchSize: 10 }]])(
    'warns of nothing else: %j',
    (props) => {
      const { stack } = workerWith(props);
      Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('fifoBatch'));
    },
  );

  it('has messages without a deduplication id refused where you want it', () => {
    const { template } = workerWith({ fifo: true, queue: { contentBasedDeduplication: false } });
    template.hasResourceProperties('AWS::SQS::Queue', { FifoQueue: true, ContentBasedDeduplication: false });
  });

  it('takes larger batches, with a window', () => {
    expectSource(
      { batchSize: 500, batchWindow: Duration.seconds(5) },
      { BatchSize: 500, MaximumBatchingWindowInSeconds: 5 },
    );
  });

  it('has another concurrency', () => {
    expectSource({ maxConcurrency: 3 }, { ScalingConfig: { MaximumConcurrency: 3 } });
  });

  it('has another number of receipts', () => {
    expectQueue({ maxReceiveCount: 2 }, { RedrivePolicy: { maxReceiveCount: 2 } });
  });

  it('has other thresholds, and another topic', () => {
    const stack = newStack();
    const topic = new Topic(stack, 'Topic');
    const alarms = { topic, oldestMessage: Duration.hours(1), deadLetters: 5 };
    new QueueWorker(stack, 'Mails', { handler, alarms });
    const template = Template.fromStack(stack);
    const AlarmActions = [{ Ref: Match.stringLikeRegexp('^Topic') }];
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 3600, AlarmActions });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 5, AlarmActions });
  });

  it('has no alarms where none are wanted', () => {
    workerWith({ alarms: false }).template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });

  it.each([
    ['kept', {}, 'RetainExceptOnCreate'],
    ['gone with the stack in an ephemeral app', { 'trellis:ephemeral': true }, 'Delete'],
  ])('has queues that are %s', (_, context, DeletionPolicy) => {
    workerWith({}, context).template.allResources('AWS::SQS::Queue', { DeletionPolicy });
  });

  it("lets the user's properties win", () => {
    const { template } = workerWith({
      queue: { encryption: QueueEncryption.KMS_MANAGED, retentionPeriod: Duration.days(1) },
      deadLetterQueue: { retentionPeriod: Duration.days(3) },
      eventSource: { filters: [FilterCriteria.filter({ body: { to: ['ann'] } })] },
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      KmsMasterKeyId: 'alias/aws/sqs',
      MessageRetentionPeriod: 86400,
    });
    template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 259200 });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FilterCriteria: { Filters: [{ Pattern: '{"body":{"to":["ann"]}}' }] },
    });
  });

  it("takes a dead-letter queue of the user's", () => {
    const stack = newStack();
    const own = new Queue(stack, 'Own');
    new QueueWorker(stack, 'Mails', {
      handler,
      queue: { deadLetterQueue: { queue: own, maxReceiveCount: 9 } },
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.hasResourceProperties('AWS::SQS::Queue', { RedrivePolicy: { maxReceiveCount: 9 } });
  });

  it('is bound to a handler that sends to it', () => {
    const stack = newStack();
    const mails = new QueueWorker(stack, 'Mails', { handler });
    new NodeFunction(stack, 'Sender', {
      handler: () => import('./fixtures/mail-sender.js'),
      bind: { mails },
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { MAILS_QUEUE: { Ref: Match.stringLikeRegexp('^MailsQueue') } } },
    });
  });
});

describe('QueueWorker is refused', () => {
  it.each<[string, QueueWorkerOptions & { timeout?: Duration }, string]>([
    [
      'with a visibility timeout below six times the timeout',
      { timeout: Duration.seconds(20), visibilityTimeout: Duration.seconds(119) },
      "`visibilityTimeout` must be at least 120 seconds, six times the function's timeout of 20 seconds and the batch window, got 119 seconds",
    ],
    [
      'with one below it in the properties of the queue',
      { queue: { visibilityTimeout: Duration.seconds(30) } },
      '`visibilityTimeout` must be at least 60 seconds',
    ],
    [
      'with a large batch and no window',
      { batchSize: 11 },
      '`batchSize` must be a whole number from 1 to 10, got 11. Larger batches need a `batchWindow` of at least a second',
    ],
    [
      'with a large batch of a FIFO queue',
      { batchSize: 11, fifo: true },
      '`batchSize` must be a whole number from 1 to 10, got 11 (at',
    ],
    [
      'with too large a batch',
      { batchSize: 10_001, batchWindow: Duration.seconds(1) },
      '`batchSize` must be a whole number from 1 to 10000, got 10001',
    ],
    [
      'with a window for a FIFO queue',
      { fifo: true, batchWindow: Duration.seconds(1) },
      '`batchWindow` must not be set with `fifo`',
    ],
    [
      'with too long a window',
      { batchWindow: Duration.minutes(6) },
      '`batchWindow` must be at most 5 minutes, got 360 seconds',
    ],
    [
      'with one at a time',
      { maxConcurrency: 1 },
      '`maxConcurrency` must be a whole number from 2 to 1000, got 1',
    ],
    [
      'with no tries',
      { maxReceiveCount: 0 },
      '`maxReceiveCount` must be a whole number from 1 to 1000, got 0',
    ],
    [
      'with a FIFO queue by its properties',
      { queue: { fifo: true } },
      'set `fifo` on the QueueWorker, not on `queue` or `deadLetterQueue`',
    ],
  ])('%s', (_, props, message) => {
    expect(() => workerWith(props)).toThrow(message);
    expect(() => workerWith(props)).toThrow('(at Stack/Mails)');
  });

  it('with all errors at once', () => {
    expect(() => workerWith({ maxConcurrency: 1, maxReceiveCount: 0 })).toThrow(
      /maxConcurrency.*\n.*maxReceiveCount/,
    );
  });

  it('with a handler of events', () => {
    const events = () => import('./fixtures/on-order-placed.js') as never;
    expect(() => new QueueWorker(newStack(), 'Mails', { handler: events })).toThrow(
      '`handler` must call `worker(...)` or be a plain function, got a call of `consume` in test/messaging/fixtures/on-order-placed.ts (at Stack/Mails)',
    );
  });
});
