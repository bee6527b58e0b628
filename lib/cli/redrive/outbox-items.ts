import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { ClientConfig } from './cloud.js';
import type { OutboxItem, StreamBatch } from './way-back.js';

type Item = Record<string, AttributeValue>;

/** The attribute of an item that an `Outbox` publishes. */
const EVENT = 'event';
/** Events per invocation of the Outbox's function: items of 400 KB at most, and Lambda takes 6 MB. */
const BATCH_SIZE = 10;
/** An event has the time at which its writer made it, and a writer runs for 15 minutes at most. */
const WRITER_MS = 15 * 60_000;
const SKEW_MS = 60_000;

/**
 * Has an Outbox's function publish the event that an item carries.
 *
 * @throws Error when the item or its event is gone, or the event still cannot be published
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
  const found = Item?.[EVENT]?.M?.id?.S;
  if (found !== eventId) {
    const now = found === undefined ? 'is gone' : `has the later event ${found}`;
    throw new Error(
      `the item ${JSON.stringify(keys)} ${now}: the event ${eventId} is not there any more, delete the message`,
    );
  }
  await publishAll(config, functionArn, streamArn, [{ Key, event: Item?.[EVENT] as AttributeValue }]);
}

/**
 * Publishes what items carry of changes that the stream no longer has: the events that were written at the time of
 * these changes, some of them a second time. An event that a later one of its item has replaced is gone.
 *
 * It reads the whole table.
 *
 * @returns how many were published; undefined when the reference does not say of what time its changes are, or is not
 *   an Outbox's
 */
export async function reconcile(
  config: ClientConfig,
  functionArn: string,
  { streamArn, approximateArrivalOfFirstRecord, approximateArrivalOfLastRecord }: StreamBatch,
): Promise<number | undefined> {
  const from = Date.parse(approximateArrivalOfFirstRecord ?? '') - WRITER_MS;
  const to = Date.parse(approximateArrivalOfLastRecord ?? '') + SKEW_MS;
  if (Number.isNaN(from + to) || !(await isOutbox(config, functionArn))) return undefined;
  const found = await carriedEvents(config, tableOf(streamArn), from, to);
  const timeOf = ({ event }: CarriedEvent) => event.M?.time?.S ?? '';
  found.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
  await publishAll(config, functionArn, streamArn, found);
  return found.length;
}

/** Any function may read a stream; only an Outbox's has these needs. */
async function isOutbox(config: ClientConfig, FunctionName: string): Promise<boolean> {
  const { GetFunctionConfigurationCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const { Environment } = await new LambdaClient(config).send(
    new GetFunctionConfigurationCommand({ FunctionName }),
  );
  const { EVENTS_BUS, REFUSED_QUEUE } = Environment?.Variables ?? {};
  return EVENTS_BUS !== undefined && REFUSED_QUEUE !== undefined;
}

interface CarriedEvent {
  readonly Key: Item;
  readonly event: AttributeValue;
}

async function carriedEvents(
  config: ClientConfig,
  TableName: string,
  from: number,
  to: number,
): Promise<CarriedEvent[]> {
  const { DescribeTableCommand, DynamoDBClient, ScanCommand } = await import('@aws-sdk/client-dynamodb');
  const dynamo = new DynamoDBClient(config);
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
  const keys = (Table?.KeySchema ?? []).map(({ AttributeName }) => AttributeName as string);
  const found: CarriedEvent[] = [];
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
      found.push({ Key, event: item[EVENT] as AttributeValue });
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return found;
}

/** Invokes the function with changes as the stream would have them; it fails for what it cannot publish. */
async function publishAll(
  config: ClientConfig,
  FunctionName: string,
  streamArn: string,
  events: readonly CarriedEvent[],
): Promise<void> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const lambda = new LambdaClient(config);
  for (let at = 0; at < events.length; at += BATCH_SIZE) {
    const Records = events.slice(at, at + BATCH_SIZE).map(({ Key, event }, index) => ({
      eventName: 'MODIFY',
      eventSourceARN: streamArn,
      dynamodb: { SequenceNumber: String(at + index), Keys: Key, NewImage: { [EVENT]: event } },
    }));
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify({ redrive: true, Records }, asBase64) }),
    );
    const answer = JSON.parse(new TextDecoder().decode(Payload) || 'null');
    if (FunctionError) throw new Error(`the function failed: ${answer?.errorMessage}`);
    if (answer?.batchItemFailures?.length > 0)
      throw new Error('the function could not publish all of the events');
  }
}

/** arn:aws:dynamodb:region:account:table/NAME/stream/LABEL */
function tableOf(streamArn: string): string {
  return streamArn.split('/')[1] as string;
}

/** The SDK has bytes where Lambda's event has text in base64. */
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
