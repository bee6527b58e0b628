import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  ListDeadLetterSourceQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { correction, pairOfEmulators } from './corrections.js';
import { type Emulator, inlineFunction } from './emulator.js';
import { table } from './resources.js';

const emulators = pairOfEmulators([
  'event_archives',
  'event_size',
  'message_move_tasks',
  'queued_invocations',
  'schedule_context',
  'stream_failures',
]);

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const queue = (name: string, props: object = {}) => ({
  [name]: { Type: 'AWS::SQS::Queue', Properties: { QueueName: name, ...props } },
});
const urlOf = (emulator: Emulator, name: string) => `${emulator.endpoint}/000000000000/${name}`;

/** The first message of a queue within some seconds. */
async function firstMessage(emulator: Emulator, name: string, seconds: number): Promise<any> {
  const sqs = new SQSClient(emulator.client);
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: urlOf(emulator, name), WaitTimeSeconds: seconds }),
  );
  return JSON.parse(Messages?.[0]?.Body ?? 'null');
}

correction(
  emulators,
  'queued_invocations',
  'tries an event again that a function fails to handle, and then sends it to the destination for failures',
  async (emulator) => {
    await emulator.deploy('Failing', {
      Resources: {
        ...queue('failures'),
        ...inlineFunction('FailsOnEvents', "exports.handler = async () => { throw new Error('no') }"),
        Config: {
          Type: 'AWS::Lambda::EventInvokeConfig',
          Properties: {
            FunctionName: 'FailsOnEvents',
            Qualifier: '$LATEST',
            DestinationConfig: { OnFailure: { Destination: arn('failures') } },
          },
          DependsOn: 'FailsOnEvents',
        },
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventPattern: { source: ['test'] },
            Targets: [{ Id: 'fn', Arn: arn('FailsOnEvents') }],
          },
        },
      },
    });
    const entry = { Source: 'test', DetailType: 'Tested', Detail: '{}' };
    await new EventBridgeClient(emulator.client).send(new PutEventsCommand({ Entries: [entry] }));
    const record = await firstMessage(emulator, 'failures', 10);
    return { condition: record?.requestContext.condition, event: record?.requestPayload['detail-type'] };
  },
  { condition: 'RetriesExhausted', event: 'Tested' },
);

correction(
  emulators,
  'event_archives',
  'keeps events in the archive of a template',
  async (emulator) => {
    const { Archive } = await emulator.deploy('Archives', {
      Resources: {
        Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'archived' } },
        Archive: {
          Type: 'AWS::Events::Archive',
          Properties: {
            ArchiveName: 'kept',
            SourceArn: arn('Bus'),
            RetentionDays: 30,
            EventPattern: { source: ['test'] },
          },
        },
      },
      Outputs: { Archive: { Value: { Ref: 'Archive' } } },
    });
    return Archive;
  },
  'kept',
);

correction(
  emulators,
  'schedule_context',
  'passes the time when a schedule was due to its target',
  async (emulator) => {
    const { Due } = await emulator.deploy('Scheduled', {
      Resources: {
        ...queue('scheduled'),
        Schedule: {
          Type: 'AWS::Scheduler::Schedule',
          Properties: {
            ScheduleExpression: 'at(2026-01-01T00:00:00)',
            FlexibleTimeWindow: { Mode: 'OFF' },
            Target: {
              Arn: arn('scheduled'),
              RoleArn: 'arn:aws:iam::000000000000:role/any',
              Input: '{"due":"<aws.scheduler.scheduled-time>"}',
            },
          },
        },
      },
      Outputs: { Due: { Value: 'deployed' } },
    });
    const { due } = await firstMessage(emulator, 'scheduled', 15);
    return Due && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(due);
  },
  true,
);

const REFUSES_BAD = `
  const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
  const sqs = new SQSClient({});
  exports.handler = async ({ Records }) => {
    for (const { dynamodb } of Records) {
      const id = dynamodb.Keys.id.S;
      await sqs.send(new SendMessageCommand({ QueueUrl: process.env.SEEN, MessageBody: JSON.stringify(id) }));
      if (id === 'bad') return { batchItemFailures: [{ itemIdentifier: dynamodb.SequenceNumber }] };
    }
    return { batchItemFailures: [] };
  };`;

correction(
  emulators,
  'stream_failures',
  'brings what a function could not handle again, gives it up in the end, and goes on',
  async (emulator) => {
    const allowed = (Action: string | string[]) => ({ Effect: 'Allow', Action, Resource: '*' });
    await emulator.deploy('Streams', {
      Resources: {
        ...queue('seen'),
        ...queue('given-up'),
        Table: table('changes', { StreamSpecification: { StreamViewType: 'KEYS_ONLY' } }),
        ...inlineFunction(
          'RefusesBad',
          REFUSES_BAD,
          { Environment: { Variables: { SEEN: { Ref: 'seen' } } } },
          [
            allowed('sqs:SendMessage'),
            allowed(['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream']),
          ],
        ),
        Source: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            FunctionName: { Ref: 'RefusesBad' },
            EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
            StartingPosition: 'TRIM_HORIZON',
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            MaximumRetryAttempts: 1,
            BisectBatchOnFunctionError: true,
            DestinationConfig: { OnFailure: { Destination: arn('given-up') } },
          },
        },
      },
    });
    const dynamo = new DynamoDBClient(emulator.client);
    for (const id of ['first', 'bad', 'last'])
      await dynamo.send(new PutItemCommand({ TableName: 'changes', Item: { id: { S: id } } }));
    const record = await firstMessage(emulator, 'given-up', 10);
    const seen: string[] = [];
    for (;;) {
      const id = await firstMessage(emulator, 'seen', 2);
      if (id === null) break;
      seen.push(id);
    }
    return {
      condition: record?.requestContext.condition,
      records: record?.DDBStreamBatchInfo.batchSize,
      bad: seen.filter((id) => id === 'bad').length,
      last: seen.at(-1),
    };
  },
  { condition: 'RetryAttemptsExhausted', records: 1, bad: 2, last: 'last' },
);

correction(
  emulators,
  'message_move_tasks',
  'moves dead letters back to the queue that they are from',
  async (emulator) => {
    const redrive = { RedrivePolicy: { deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 } };
    await emulator.deploy('Moving', { Resources: { ...queue('dead'), ...queue('alive', redrive) } });
    const sqs = new SQSClient(emulator.client);
    const QueueUrl = urlOf(emulator, 'dead');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '"moved"' }));
    const { queueUrls } = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl }));
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: 'arn:aws:sqs:us-east-1:000000000000:dead' }));
    return [queueUrls, await firstMessage(emulator, 'alive', 2)];
  },
  [[expect.stringMatching(/\/alive$/)], 'moved'],
);

correction(
  emulators,
  'event_size',
  'refuses entries that have more than 1 MiB together',
  async (emulator) => {
    const put = (...sizes: number[]) =>
      new EventBridgeClient(emulator.client)
        .send(
          new PutEventsCommand({
            Entries: sizes.map((size) => ({
              Source: 'test',
              DetailType: 'Test',
              Detail: JSON.stringify({ text: 'x'.repeat(size - '{"text":""}testTest'.length) }),
            })),
          }),
        )
        .then(
          ({ FailedEntryCount }) => FailedEntryCount,
          (error: Error) => error.message,
        );
    const limit = 1024 * 1024;
    return [await put(limit), await put(limit + 1), await put(limit / 2, limit / 2 + 1)];
  },
  [
    0,
    'Total size of the entries in the request is over the limit.',
    'Total size of the entries in the request is over the limit.',
  ],
);
