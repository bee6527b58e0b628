import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { correction, pairOfEmulators } from './corrections.js';
import { type Emulator, inlineFunction, type Template } from './emulator.js';
import { roleFor, table } from './resources.js';

jest.setTimeout(180_000);

const emulators = pairOfEmulators([
  'asynchronous_subscriptions',
  'current_concurrency',
  'kept_invocations',
  'measured_scaling',
  'throttled_batches',
  'throttled_tasks',
]);
const folder = mkdtempSync(join(tmpdir(), 'trellis-concurrency-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const allow = (Action: string[]) => ({ Effect: 'Allow', Action, Resource: '*' });
const queue = (name: string, props: object = {}) => ({
  [name]: { Type: 'AWS::SQS::Queue', Properties: { QueueName: name, ...props } },
});

/** Notes the id of each of its events when it has waited: for some time, or for a file. */
const CODE = `const { appendFileSync, existsSync } = require('node:fs');
  exports.handler = async (event) => {
    const texts = (event.Records ?? []).map(({ body, Sns, dynamodb }) => body ?? Sns?.Message ?? dynamodb.NewImage.event.S);
    const events = event.Records ? texts.map((text) => JSON.parse(text)) : [event];
    await new Promise((resolve) => setTimeout(resolve, events[0].milliseconds));
    while (events[0].until && !existsSync(events[0].until)) await new Promise((resolve) => setTimeout(resolve, 50));
    for (const { id, file } of events) appendFileSync(file, id + '\\n');
    return 'done';
  };`;

/** A function that notes, and the queue of the events that it has failed to handle. */
function noting(name: string, props: object = {}): Template {
  return {
    ...inlineFunction(name, CODE, { Timeout: 20, ...props }, [
      allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:SendMessage']),
      allow(['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream']),
    ]),
    ...queue(`${name}Failures`),
    [`${name}Config`]: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: name,
        Qualifier: '$LATEST',
        DestinationConfig: { OnFailure: { Destination: arn(`${name}Failures`) } },
      },
      DependsOn: name,
    },
  };
}

const noteFile = (): string => {
  const file = join(mkdtempSync(join(folder, 'notes-')), 'ids');
  writeFileSync(file, '');
  return file;
};
const notes = (file: string) => readFileSync(file, 'utf8').trim().split('\n').filter(Boolean);
const idsIn = (file: string) => new Set(notes(file)).size;

async function allNoted(file: string, count: number, seconds: number): Promise<number> {
  for (let waited = 0; waited < seconds * 10 && idsIn(file) < count; waited += 1) await sleep(100);
  return idsIn(file);
}

async function send(emulator: Emulator, FunctionName: string, event: object): Promise<void> {
  const Payload = Buffer.from(JSON.stringify(event));
  const lambda = new LambdaClient(emulator.client);
  await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
}

async function messagesIn(emulator: Emulator, name: string): Promise<number> {
  const QueueUrl = `${emulator.endpoint}/000000000000/${name}`;
  const { Attributes } = await new SQSClient(emulator.client).send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes?.ApproximateNumberOfMessages) +
    Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
  );
}

/** Responses of synchronous invocations, one after another; the status of one that fails. */
async function responses(emulator: Emulator, name: string, count: number): Promise<unknown[]> {
  const lambda = new LambdaClient({ ...emulator.client, maxAttempts: 1 });
  const result: unknown[] = [];
  const Payload = Buffer.from(
    JSON.stringify({ id: 'request', file: join(folder, 'requests'), milliseconds: 0 }),
  );
  for (let request = 0; request < count; request += 1) {
    const response = lambda.send(new InvokeCommand({ FunctionName: name, Payload }));
    result.push(
      await response.then(
        ({ Payload: body }) => JSON.parse(Buffer.from(body!).toString()),
        (error) => error.$metadata?.httpStatusCode,
      ),
    );
  }
  return result;
}

// The account's limit of AWS is 1,000; MiniStack's is lower on a machine with less memory.
it('handles more events than may run at once, and serves requests meanwhile', async () => {
  const emulator = emulators.corrected;
  await emulator.deploy('Many', { Resources: noting('Many', { Timeout: 60 }) });
  const file = noteFile();
  const until = `${file}-until`;
  const ids = Array.from({ length: 1100 }, (_, id) => id);
  for (let from = 0; from < ids.length; from += 100) {
    const part = ids.slice(from, from + 100);
    await Promise.all(part.map((id) => send(emulator, 'Many', { id, file, milliseconds: 0, until })));
  }
  expect(await responses(emulator, 'Many', 3)).toEqual(Array(3).fill('done'));
  // MiniStack repeats a throttled event twice, within three seconds.
  await sleep(4000);
  writeFileSync(until, '');
  expect(await allNoted(file, ids.length, 90)).toBe(ids.length);
  expect(await messagesIn(emulator, 'ManyFailures')).toBe(0);
});

correction(
  emulators,
  'kept_invocations',
  'keeps events while the reserved concurrency of their function is in use',
  async (emulator) => {
    await emulator.deploy('One', { Resources: noting('One', { ReservedConcurrentExecutions: 1 }) });
    const file = noteFile();
    const ids = Array.from({ length: 20 }, (_, id) => id);
    await Promise.all(ids.map((id) => send(emulator, 'One', { id, file, milliseconds: 400 })));
    await sleep(200);
    const [request] = await responses(emulator, 'One', 1);
    const handled = await allNoted(file, 20, 20);
    return { request, handled, failures: await messagesIn(emulator, 'OneFailures') };
  },
  { request: 429, handled: 20, failures: 0 },
);

correction(
  emulators,
  'current_concurrency',
  'runs events that wait once the reserved concurrency is raised',
  async (emulator) => {
    const deploy = (ReservedConcurrentExecutions: number, update: boolean) =>
      emulator.deploy('Raised', { Resources: noting('Raised', { ReservedConcurrentExecutions }) }, update);
    await deploy(1, false);
    const [file, first] = [noteFile(), noteFile()];
    await send(emulator, 'Raised', { id: 'first', file: first, milliseconds: 8000 });
    await sleep(500);
    for (const id of [1, 2, 3]) await send(emulator, 'Raised', { id, file, milliseconds: 0 });
    await sleep(200);
    await deploy(5, true);
    return { handled: await allNoted(file, 3, 4), first: idsIn(first) };
  },
  { handled: 3, first: 0 },
);

it('sends events to the destination for failures at once if the reserved concurrency is zero', async () => {
  const emulator = emulators.corrected;
  await emulator.deploy('Zero', { Resources: noting('Zero', { ReservedConcurrentExecutions: 0 }) });
  const file = noteFile();
  await send(emulator, 'Zero', { id: 1, file, milliseconds: 0 });
  for (let waited = 0; waited < 20 && !(await messagesIn(emulator, 'ZeroFailures')); waited += 1)
    await sleep(100);
  expect(await messagesIn(emulator, 'ZeroFailures')).toBe(1);
  expect(idsIn(file)).toBe(0);
});

correction(
  emulators,
  'throttled_batches',
  'keeps messages in their queue while the reserved concurrency of their function is in use',
  async (emulator) => {
    await emulator.deploy('Batches', {
      Resources: {
        ...noting('Batched', { ReservedConcurrentExecutions: 1 }),
        ...queue('dead'),
        ...queue('work', {
          VisibilityTimeout: 6,
          RedrivePolicy: { deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 },
        }),
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: { FunctionName: { Ref: 'Batched' }, EventSourceArn: arn('work'), BatchSize: 1 },
        },
      },
    });
    const file = noteFile();
    await send(emulator, 'Batched', { id: 'event', file, milliseconds: 3000 });
    await sleep(500);
    const sqs = new SQSClient(emulator.client);
    const QueueUrl = `${emulator.endpoint}/000000000000/work`;
    for (let id = 0; id < 5; id += 1) {
      const MessageBody = JSON.stringify({ id, file, milliseconds: 100 });
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }
    const handled = await allNoted(file, 6, 12);
    return { handled, dead: await messagesIn(emulator, 'dead') };
  },
  { handled: 6, dead: 0 },
);

it('keeps changes of a table in their stream while the reserved concurrency of their function is in use', async () => {
  const emulator = emulators.corrected;
  await emulator.deploy('Streams', {
    Resources: {
      ...noting('Streamed', { ReservedConcurrentExecutions: 1 }),
      ...queue('lost'),
      Changes: table('changes', { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }),
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { Ref: 'Streamed' },
          EventSourceArn: { 'Fn::GetAtt': ['Changes', 'StreamArn'] },
          StartingPosition: 'TRIM_HORIZON',
          MaximumRetryAttempts: 0,
          DestinationConfig: { OnFailure: { Destination: arn('lost') } },
        },
      },
    },
  });
  const file = noteFile();
  await send(emulator, 'Streamed', { id: 'event', file, milliseconds: 4000 });
  await sleep(500);
  const Item = { id: { S: '1' }, event: { S: JSON.stringify({ id: 'change', file, milliseconds: 0 }) } };
  await new DynamoDBClient(emulator.client).send(new PutItemCommand({ TableName: 'changes', Item }));
  expect(await allNoted(file, 2, 12)).toBe(2);
  expect(await messagesIn(emulator, 'lost')).toBe(0);
});

correction(
  emulators,
  'asynchronous_subscriptions',
  'keeps a message of a topic until its function is free',
  async (emulator) => {
    const { Topic } = await emulator.deploy('Topics', {
      Resources: {
        ...noting('Subscribed', { ReservedConcurrentExecutions: 1 }),
        Topic: {
          Type: 'AWS::SNS::Topic',
          Properties: { Subscription: [{ Protocol: 'lambda', Endpoint: arn('Subscribed') }] },
        },
        Permission: {
          Type: 'AWS::Lambda::Permission',
          Properties: {
            FunctionName: { Ref: 'Subscribed' },
            Action: 'lambda:InvokeFunction',
            Principal: 'sns.amazonaws.com',
          },
        },
      },
      Outputs: { Topic: { Value: { Ref: 'Topic' } } },
    });
    const file = noteFile();
    const sns = new SNSClient(emulator.client);
    for (let id = 0; id < 5; id += 1) {
      const Message = JSON.stringify({ id, file, milliseconds: 300 });
      await sns.send(new PublishCommand({ TopicArn: Topic, Message }));
    }
    return allNoted(file, 5, 10);
  },
  5,
);

correction(
  emulators,
  'throttled_tasks',
  'fails a task whose function is throttled with the name of that error',
  async (emulator) => {
    const definition = {
      StartAt: 'call',
      States: {
        call: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName: 'Throttled', Payload: {} },
          End: true,
        },
      },
    };
    const { Machine } = await emulator.deploy('Tasks', {
      Resources: {
        ...inlineFunction('Throttled', CODE, { ReservedConcurrentExecutions: 0 }),
        Role: roleFor('states', [allow(['lambda:InvokeFunction'])]),
        Machine: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: { RoleArn: arn('Role'), DefinitionString: JSON.stringify(definition) },
        },
      },
      Outputs: { Machine: { Value: { Ref: 'Machine' } } },
    });
    const workflows = new SFNClient(emulator.client);
    const { executionArn } = await workflows.send(new StartExecutionCommand({ stateMachineArn: Machine }));
    for (;;) {
      const { status, error } = await workflows.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') return error;
      await sleep(100);
    }
  },
  'Lambda.TooManyRequestsException',
);
