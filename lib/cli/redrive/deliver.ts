import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Message, MessageAttributeValue, SQSClient } from '@aws-sdk/client-sqs';
import type { ClientConfig } from './cloud.js';
import { asBase64, reconcile, republish } from './outbox-items.js';
import type { StreamBatch, WayBack } from './way-back.js';

/** Takes a message where it has to go. Returns when it has been taken there. @throws Error when it was not taken */
export type Deliver = (way: WayBack, message: Message) => Promise<void>;

/** The SDK's clients are loaded when the first message of their kind comes. */
export function delivery(config: ClientConfig, sqs: SQSClient): Deliver {
  return async (way, message) => {
    if (way.kind === 'publish') return publish(config, way.entry);
    if (way.kind === 'republish') return republish(config, way.to, way.item);
    if (way.kind === 'reread') return reread(config, way.to, way.batch);
    const service = way.to.split(':')[2];
    if (service === 'lambda') return invoke(config, way.to, way.payload);
    if (service === 'states') return start(config, way.to, way.payload, way.eventId);
    if (service === 'sqs') return send(sqs, way.to, way.payload, message);
    throw new Error(
      `nothing can be sent to ${way.to}: expected the ARN of a function, a queue or a state machine`,
    );
  };
}

/** Puts the event into the function's queue: it is tried three times again, and what fails comes back. */
async function invoke(config: ClientConfig, FunctionName: string, payload: unknown): Promise<void> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const Payload = JSON.stringify(payload);
  await new LambdaClient(config).send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
}

/** An event starts a workflow once, however often it is sent again: the execution is named by the event's id. */
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
    const known = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (isDeepStrictEqual(JSON.parse(known.input ?? 'null'), payload)) return;
    throw new Error(`the execution ${name} was started with another input`);
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The worker knows the message again: by the id that its sender gave it, or else by that of SQS, which would be lost. */
async function send(sqs: SQSClient, arn: string, payload: unknown, message: Message): Promise<void> {
  const { GetQueueUrlCommand, SendMessageCommand } = await import('@aws-sdk/client-sqs');
  const [, , , , QueueOwnerAWSAccountId, QueueName] = arn.split(':');
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId }));
  const MessageBody = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const { messageId = text(message.MessageId), correlationId } = message.MessageAttributes ?? {};
  const MessageAttributes = { ...(messageId && { messageId }), ...(correlationId && { correlationId }) };
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
}

function text(StringValue: string | undefined): MessageAttributeValue | undefined {
  return StringValue === undefined ? undefined : { DataType: 'String', StringValue };
}

async function publish(config: ClientConfig, entry: Readonly<Record<string, string>>): Promise<void> {
  const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  const { Entries } = await new EventBridgeClient(config).send(new PutEventsCommand({ Entries: [entry] }));
  const { ErrorCode, ErrorMessage } = Entries?.[0] ?? {};
  if (ErrorCode) throw new Error(`EventBridge refuses it: ${ErrorCode} ${ErrorMessage}`);
}

/** Reads the changes from the stream once more, and waits until the function has handled all of them. */
async function reread(config: ClientConfig, FunctionName: string, batch: StreamBatch): Promise<void> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  let Records: object[];
  try {
    Records = await recordsOf(config, batch);
  } catch (error) {
    const published = isGone(error) ? await reconcile(config, FunctionName, batch) : undefined;
    if (published === undefined) throw error;
    console.log(
      `The stream no longer has changes up to ${batch.endSequenceNumber}: published ${published} events that items of their time carry.`,
    );
    return;
  }
  const { FunctionError, Payload } = await new LambdaClient(config).send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify({ Records }) }),
  );
  const answer = JSON.parse(new TextDecoder().decode(Payload) || 'null');
  if (FunctionError) throw new Error(`the function failed: ${answer?.errorMessage}`);
  if (answer?.batchItemFailures?.length > 0)
    throw new Error('the function could not handle all of the changes');
}

/** The stream has forgotten the changes, or all of their shard. */
function isGone(error: unknown): boolean {
  const { name } = error as Error;
  return (
    error instanceof ExpiredChangesError ||
    ['TrimmedDataAccessException', 'ResourceNotFoundException'].includes(name)
  );
}

class ExpiredChangesError extends Error {}

/** More than a batch ever has; an open shard has always another page. */
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
  const found: object[] = [];
  for (let page = 0; ShardIterator && page < MAX_PAGES; page++) {
    const { Records = [], NextShardIterator } = await streams.send(new GetRecordsCommand({ ShardIterator }));
    for (const record of Records) {
      const { SequenceNumber = '' } = record.dynamodb ?? {};
      if (BigInt(SequenceNumber) > BigInt(batch.endSequenceNumber)) return found;
      found.push({
        ...record,
        dynamodb: asLambdaHasIt(record.dynamodb ?? {}),
        eventSourceARN: batch.streamArn,
      });
      if (SequenceNumber === batch.endSequenceNumber) return found;
    }
    ShardIterator = NextShardIterator;
  }
  throw new ExpiredChangesError(
    `the stream no longer has the changes up to ${batch.endSequenceNumber}: it keeps them for a day`,
  );
}

type Change = { readonly [Name in 'Keys' | 'NewImage' | 'OldImage']?: Record<string, AttributeValue> };

/** The SDK has bytes where Lambda's event has text in base64. */
function asLambdaHasIt(change: Change): object {
  return JSON.parse(JSON.stringify(change, asBase64));
}
