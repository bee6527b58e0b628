import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { CloudInfo } from '../../../lib/local/index.js';
import { localStackClient } from '../client.js';

const info: CloudInfo = JSON.parse(readFileSync(process.env.TRELLIS_DRILL_INFO as string, 'utf8'));

export const { endpoint, apis } = info;
export const config = localStackClient(endpoint);
export const documents = DynamoDBDocumentClient.from(new DynamoDBClient(config));
export const sqs = new SQSClient(config);

/** An output of the drill's stack. */
export function output(name: string): string {
  return info.outputs.TrellisDrill?.[`${name}Output`] as string;
}

export async function invoke(FunctionName: string, event: unknown = {}): Promise<any> {
  const { Payload, FunctionError } = await new LambdaClient(config).send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
  );
  const result = JSON.parse(new TextDecoder().decode(Payload));
  if (FunctionError) throw new Error(JSON.stringify(result));
  return result;
}

/** Reads until the value is enough, for 40 seconds at most, and returns the last value. */
export async function eventually<Value>(
  read: () => Promise<Value>,
  isEnough: (value: Value) => boolean,
): Promise<Value> {
  const deadline = Date.now() + 40_000;
  let value = await read();
  while (!isEnough(value) && Date.now() < deadline) {
    await setTimeout(250);
    value = await read();
  }
  return value;
}

/** Returns the entries that handlers have logged under a name. */
export async function logged(what: string): Promise<Record<string, any>[]> {
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: output('Log'),
      KeyConditionExpression: 'what = :what',
      ExpressionAttributeValues: { ':what': what },
    }),
  );
  return Items;
}

export async function itemsOf(table: string): Promise<Record<string, any>[]> {
  return (await documents.send(new ScanCommand({ TableName: output(table) }))).Items ?? [];
}

/** All messages that have come to a queue since the first call; they stay hidden there. */
export function mailbox(queue: string): () => Promise<any[]> {
  const seen: any[] = [];
  return async () => {
    const read = new ReceiveMessageCommand({
      QueueUrl: output(queue),
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 300,
    });
    const { Messages = [] } = await sqs.send(read);
    seen.push(...Messages.map(({ Body }: Message) => JSON.parse(Body as string)));
    return seen;
  };
}
