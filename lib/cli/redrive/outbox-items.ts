import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { ClientConfig } from './cloud.js';
import type { OutboxItem, StreamBatch } from './failed-record.js';

type Item = Record<string, AttributeValue>;

/** Attribute of an item that an `Outbox` publishes. */
const EVENT = 'event';
/** Events per invocation of the Outbox's function: an item has at most 400 KB, and a request of Lambda at most 6 MB. */
const BATCH_SIZE = 10;
/** Time between an event's creation and its change: its writer, a function, runs for at most 15 minutes. */
const WRITER_MS = 15 * 60_000;
const SKEW_MS = 60_000;

/**
 * Publishes the event of an item through the function of its Outbox.
 *
 * @throws Error when the item or its event no longer exists, or the event still cannot be published
 */
export async function republish(
  config: ClientConfig,
  functionArn: string,
  { streamArn, keys, eventId }: OutboxItem,
): Promise<void> {
  const { DynamoDBClient, GetItemCommand } = await import('@aws-sdk/client-dynamodb');
  const Key = withBytes(keys);
  const { Item } = await new DynamoDBClient(config).send(
    new GetItemCommand({ TableName: tableOf(streamArn), Key, ConsistentRead: true }),
  );
  const currentId = Item?.[EVENT]?.M?.id?.S;
  if (currentId !== eventId) {
    const state = currentId === undefined ? 'no longer exists' : `has the later event ${currentId}`;
    throw new Error(
      `the item ${JSON.stringify(keys)} ${state}, so the event ${eventId} is lost: delete the message`,
    );
  }
  await publishAll(config, functionArn, streamArn, [{ Key, event: Item?.[EVENT] as AttributeValue }]);
}

/**
 * Publishes the events of changes that the stream no longer has, from the items of the table: all events that were
 * created at the time of these changes, some of them a second time. An event that a later event of its item has
 * replaced is lost.
 *
 * Scans the whole table.
 *
 * @returns the number of published events; undefined when the batch has no times, or the function is not an Outbox's
 */
export async function reconcile(
  config: ClientConfig,
  functionArn: string,
  { streamArn, approximateArrivalOfFirstRecord, approximateArrivalOfLastRecord }: StreamBatch,
): Promise<number | undefined> {
  const from = Date.parse(approximateArrivalOfFirstRecord ?? '') - WRITER_MS;
  const to = Date.parse(approximateArrivalOfLastRecord ?? '') + SKEW_MS;
  if (Number.isNaN(from + to) || !(await isOutbox(config, functionArn))) return undefined;
  const events = await scanEvents(config, tableOf(streamArn), from, to);
  const timeOf = ({ event }: ItemEvent) => event.M?.time?.S ?? '';
  events.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
  await publishAll(config, functionArn, streamArn, events);
  return events.length;
}

/** Returns true for the function of an Outbox: other functions that read a stream do not have these variables. */
async function isOutbox(config: ClientConfig, FunctionName: string): Promise<boolean> {
  const { GetFunctionConfigurationCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const { Environment } = await new LambdaClient(config).send(
    new GetFunctionConfigurationCommand({ FunctionName }),
  );
  const { EVENTS_BUS, REFUSED_QUEUE } = Environment?.Variables ?? {};
  return EVENTS_BUS !== undefined && REFUSED_QUEUE !== undefined;
}

interface ItemEvent {
  readonly Key: Item;
  readonly event: AttributeValue;
}

async function scanEvents(
  config: ClientConfig,
  TableName: string,
  from: number,
  to: number,
): Promise<ItemEvent[]> {
  const { DescribeTableCommand, DynamoDBClient, ScanCommand } = await import('@aws-sdk/client-dynamodb');
  const dynamo = new DynamoDBClient(config);
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
  const keys = (Table?.KeySchema ?? []).map(({ AttributeName }) => AttributeName as string);
  const events: ItemEvent[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await dynamo.send(
      new ScanCommand({
        TableName,
        ConsistentRead: true,
        FilterExpression: '#event.#time BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#event': EVENT, '#time': 'time' },
        ExpressionAttributeValues: {
          ':from': { S: new Date(from).toISOString() },
          ':to': { S: new Date(to).toISOString() },
        },
        ExclusiveStartKey,
      }),
    );
    for (const item of page.Items ?? []) {
      const Key = Object.fromEntries(keys.map((name) => [name, item[name] as AttributeValue]));
      events.push({ Key, event: item[EVENT] as AttributeValue });
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return events;
}

/** Invokes the function with the changes in the form of the stream. @throws Error when it cannot publish an event */
async function publishAll(
  config: ClientConfig,
  FunctionName: string,
  streamArn: string,
  events: readonly ItemEvent[],
): Promise<void> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const lambda = new LambdaClient(config);
  for (let start = 0; start < events.length; start += BATCH_SIZE) {
    const Records = events.slice(start, start + BATCH_SIZE).map(({ Key, event }, index) => ({
      eventName: 'MODIFY',
      eventSourceARN: streamArn,
      dynamodb: { SequenceNumber: String(start + index), Keys: Key, NewImage: { [EVENT]: event } },
    }));
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify({ redrive: true, Records }, asBase64) }),
    );
    const response = JSON.parse(new TextDecoder().decode(Payload) || 'null');
    if (FunctionError) throw new Error(`the function failed: ${response?.errorMessage}`);
    if (response?.batchItemFailures?.length > 0) throw new Error('the function could not publish all events');
  }
}

/** Returns NAME of arn:aws:dynamodb:region:account:table/NAME/stream/LABEL. */
function tableOf(streamArn: string): string {
  return streamArn.split('/')[1] as string;
}

/** Replacer for JSON.stringify: Lambda's event has base64 where the SDK has bytes. */
export function asBase64(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

function withBytes(keys: OutboxItem['keys']): Item {
  return Object.fromEntries(
    Object.entries(keys).map(([name, { B, ...rest }]) => [
      name,
      (B === undefined ? rest : { B: Buffer.from(B, 'base64') }) as AttributeValue,
    ]),
  );
}
