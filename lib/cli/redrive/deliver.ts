import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { ClientConfig } from './cloud.js';
import type { StreamBatch } from './failed-record.js';
import { asBase64, reconcile, republish } from './outbox-items.js';
import type { RedriveAction } from './redrive-action.js';

/** Delivers a message to its target and returns when it is delivered. @throws Error when the delivery fails */
export type Deliver = (action: RedriveAction, message: Message) => Promise<void>;

/** Creates the delivery of messages. The SDK's clients are loaded with the first message that needs them. */
export function createDeliver(config: ClientConfig): Deliver {
  return async (action, message) => {
    if (action.kind === 'publish') return publish(config, action.entry);
    if (action.kind === 'republish') return republish(config, action.to, action.item);
    if (action.kind === 'reread') return reread(config, action.to, action.batch);
    const service = action.to.split(':')[2];
    if (service === 'lambda') return invoke(config, action.to, action.payload);
    if (service === 'states') return start(config, action.to, action.payload, action.eventId);
    if (service === 'sqs') return send(config, action.to, action.payload, message);
    throw new Error(`the target must be the ARN of a function, a queue or a state machine, got ${action.to}`);
  };
}

/** Invokes the function asynchronously: Lambda tries the event three times, and sends it to the queue again if it fails. */
async function invoke(config: ClientConfig, FunctionName: string, payload: unknown): Promise<void> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const Payload = JSON.stringify(payload);
  await new LambdaClient(config).send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
}

/** Starts a workflow, at most once for each event: the event's id is the name of the execution. */
async function start(
  config: ClientConfig,
  stateMachineArn: string,
  payload: unknown,
  eventId: string | undefined,
): Promise<void> {
  const { DescribeExecutionCommand, SFNClient, StartExecutionCommand } = await import('@aws-sdk/client-sfn');
  const client = new SFNClient(config);
  const name = eventId && (/^[\w-]{1,80}$/.test(eventId) ? eventId : sha256(eventId));
  const input = JSON.stringify(payload);
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  } catch (error) {
    if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const existing = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (isDeepStrictEqual(JSON.parse(existing.input ?? 'null'), payload)) return;
    throw new Error(`the execution ${name} was started with another input`);
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Sends a message with the id by which its worker recognizes repeats: the sender's id, or else that of SQS, which a
 * new message would lose.
 */
async function send(config: ClientConfig, arn: string, payload: unknown, message: Message): Promise<void> {
  const { GetQueueUrlCommand, SendMessageCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  const [, , , region, QueueOwnerAWSAccountId, QueueName] = arn.split(':');
  const sqs = new SQSClient({ ...config, region });
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId }));
  const MessageBody = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const { messageId = text(message.MessageId), correlationId } = message.MessageAttributes ?? {};
  const MessageAttributes = { ...(messageId && { messageId }), ...(correlationId && { correlationId }) };
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
}

function text(StringValue: string | undefined): MessageAttributeValue | undefined {
  return StringValue === undefined ? undefined : { DataType: 'String', StringValue };
}

async function publish(config: ClientConfig, entry: object): Promise<void> {
  const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  const { Entries } = await new EventBridgeClient(config).send(new PutEventsCommand({ Entries: [entry] }));
  const { ErrorCode, ErrorMessage } = Entries?.[0] ?? {};
  if (ErrorCode) throw new Error(`EventBridge rejected the event: ${ErrorCode} ${ErrorMessage}`);
}

/** Reads the changes from the stream again, and waits until the function has handled all of them. */
async function reread(config: ClientConfig, FunctionName: string, batch: StreamBatch): Promise<void> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  let Records: object[];
  try {
    Records = await recordsOf(config, batch);
  } catch (error) {
    const published = isExpired(error) ? await reconcile(config, FunctionName, batch) : undefined;
    if (published === undefined) throw error;
    console.log(
      `The stream no longer has changes up to ${batch.endSequenceNumber}: published ${published} events of that time from the items of the table.`,
    );
    return;
  }
  const { FunctionError, Payload } = await new LambdaClient(config).send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify({ Records }) }),
  );
  const response = JSON.parse(new TextDecoder().decode(Payload) || 'null');
  if (FunctionError) throw new Error(`the function failed: ${response?.errorMessage}`);
  if (response?.batchItemFailures?.length > 0) throw new Error('the function could not handle all changes');
}

/** Returns true if the stream no longer has the changes, or their shard. */
function isExpired(error: unknown): boolean {
  const { name } = error as Error;
  return (
    error instanceof ExpiredChangesError ||
    ['TrimmedDataAccessException', 'ResourceNotFoundException'].includes(name)
  );
}

class ExpiredChangesError extends Error {}

/** Limit of pages, more than a batch ever has: an open shard always has a next page. */
const MAX_PAGES = 100;

async function recordsOf(config: ClientConfig, batch: StreamBatch): Promise<object[]> {
  const { DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand } = await import(
    '@aws-sdk/client-dynamodb-streams'
  );
  const streams = new DynamoDBStreamsClient(config);
  const start = {
    StreamArn: batch.streamArn,
    ShardId: batch.shardId,
    ShardIteratorType: 'AT_SEQUENCE_NUMBER',
    SequenceNumber: batch.startSequenceNumber,
  } as const;
  let { ShardIterator } = await streams.send(new GetShardIteratorCommand(start));
  const records: object[] = [];
  for (let page = 0; ShardIterator && page < MAX_PAGES; page++) {
    const { Records = [], NextShardIterator } = await streams.send(new GetRecordsCommand({ ShardIterator }));
    for (const record of Records) {
      const { SequenceNumber = '' } = record.dynamodb ?? {};
      if (BigInt(SequenceNumber) > BigInt(batch.endSequenceNumber)) return records;
      records.push({
        ...record,
        dynamodb: toLambdaRecord(record.dynamodb ?? {}),
        eventSourceARN: batch.streamArn,
      });
      if (SequenceNumber === batch.endSequenceNumber) return records;
    }
    ShardIterator = NextShardIterator;
  }
  throw new ExpiredChangesError(
    `the stream no longer has the changes up to ${batch.endSequenceNumber}: it keeps changes for a day`,
  );
}

type Change = { readonly [Name in 'Keys' | 'NewImage' | 'OldImage']?: Record<string, AttributeValue> };

/** Converts a change to its form in Lambda's event, which has base64 where the SDK has bytes. */
function toLambdaRecord(change: Change): object {
  return JSON.parse(JSON.stringify(change, asBase64));
}
