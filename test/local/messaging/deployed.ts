import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type _Record,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { localClientConfig } from '../../../bin/local-storefront.js';
import { type LocalCloud, startLocalCloud } from '../../../lib/local/index.js';

export type Row = Readonly<Record<string, any>>;

/** The app of this folder on a local cloud of its own. */
export class Deployed {
  static async start(): Promise<Deployed> {
    const stateDir = mkdtempSync(join(tmpdir(), 'trellis-messaging-'));
    const cloud = await startLocalCloud({ projectDir: __dirname, port: 0, stateDir });
    const { outputs } = await cloud.deploy();
    return new Deployed(cloud, stateDir, outputs.Messaging as Record<string, string>);
  }

  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly documents: DynamoDBDocumentClient;

  private constructor(
    readonly cloud: LocalCloud,
    readonly stateDir: string,
    private readonly outputs: Readonly<Record<string, string>>,
  ) {
    const config = localClientConfig(cloud);
    this.sqs = new SQSClient(config);
    this.events = new EventBridgeClient(config);
    this.lambda = new LambdaClient(config);
    this.documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  }

  async stop(): Promise<void> {
    await this.cloud.stop();
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  output(name: string): string {
    const value = this.outputs[`${name}Output`];
    if (value === undefined) throw new Error(`The app has no output ${name}`);
    return value;
  }

  /** Invokes a function, and returns its result. */
  async invoke(name: string, event: object): Promise<any> {
    const { Payload, FunctionError } = await this.lambda.send(
      new InvokeCommand({ FunctionName: this.output(name), Payload: JSON.stringify(event) }),
    );
    const result = JSON.parse(new TextDecoder().decode(Payload) || 'null');
    if (FunctionError) throw new Error(result.errorMessage);
    return result;
  }

  async send(queue: string, messages: readonly object[], group?: (message: any) => string): Promise<void> {
    const Entries = messages.map((message, at) => ({
      Id: String(at),
      MessageBody: JSON.stringify(message),
      ...(group && { MessageGroupId: group(message) }),
      // As `queue(Message).send` does it.
      MessageAttributes: { messageId: { DataType: 'String', StringValue: randomUUID() } },
    }));
    await this.sqs.send(new SendMessageBatchCommand({ QueueUrl: this.output(queue), Entries }));
  }

  /** Puts a message into a dead-letter queue, with the id that its sender gave it. */
  async putDeadLetter(queue: string, message: object, id: string): Promise<void> {
    await this.sqs.send(
      new SendMessageCommand({
        QueueUrl: this.output(queue),
        MessageBody: JSON.stringify(message),
        MessageAttributes: { messageId: { DataType: 'String', StringValue: id } },
      }),
    );
  }

  /** Returns the entries that handlers have logged under a name, in their order. */
  async log(what: string): Promise<Row[]> {
    const { Items = [] } = await this.documents.send(
      new QueryCommand({
        TableName: this.output('Log'),
        KeyConditionExpression: 'what = :what',
        ExpressionAttributeValues: { ':what': what },
        ConsistentRead: true,
      }),
    );
    return Items;
  }

  /** The bodies of what lies in a queue, which stays there. */
  async bodies(queue: string): Promise<any[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.output(queue),
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
      }),
    );
    return Messages.map(({ Body }) => JSON.parse(Body as string));
  }

  /** The bodies of what lies in a queue, which is taken out. */
  async take(queue: string): Promise<any[]> {
    const QueueUrl = this.output(queue);
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { ReceiptHandle } of Messages)
      await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return Messages.map(({ Body }) => JSON.parse(Body as string));
  }

  async purge(...queues: string[]): Promise<void> {
    for (const queue of queues) await this.sqs.send(new PurgeQueueCommand({ QueueUrl: this.output(queue) }));
  }

  /** Returns the changes of a table, as its stream has them. */
  async changes(stream: string): Promise<_Record[] & { shardId: string }> {
    const streams = new DynamoDBStreamsClient(localClientConfig(this.cloud));
    const StreamArn = this.output(stream);
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    const ShardId = StreamDescription?.Shards?.[0]?.ShardId as string;
    const start = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator } = await streams.send(new GetShardIteratorCommand(start));
    const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
    return Object.assign(Records, { shardId: ShardId });
  }

  async put(table: string, Item: Row): Promise<void> {
    await this.documents.send(new PutCommand({ TableName: this.output(table), Item }));
  }

  async item(table: string, Key: Row): Promise<Row | undefined> {
    const { Item } = await this.documents.send(
      new GetCommand({ TableName: this.output(table), Key, ConsistentRead: true }),
    );
    return Item;
  }

  async count(queue: string): Promise<number> {
    const { Attributes } = await this.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.output(queue),
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Object.values(Attributes ?? {}).reduce((sum, value) => sum + Number(value), 0);
  }

  /** Runs `trellis redrive` in the app's folder. */
  async redrive(...args: string[]): Promise<{ code: number | null; output: string }> {
    const trellis = join(__dirname, '../../../lib/cli/trellis.mjs');
    const child = spawn(process.execPath, [trellis, 'redrive', ...args], {
      cwd: __dirname,
      env: { ...process.env, TRELLIS_STATE_DIR: this.stateDir },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        output += data;
      });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
  }

  /** Returns the emulator's log, to examine a failure. */
  emulatorLog(): string {
    const file = join(this.stateDir, 'emulator.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }
}
