import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { handler as quote } from '../../../lambda/products/stock/quote.js';
import { handler as release } from '../../../lambda/products/stock/release.js';
import { handler as releaseAbandoned } from '../../../lambda/products/stock/release-abandoned.js';
import { handler as reserve } from '../../../lambda/products/stock/reserve.js';
import { handler as settle } from '../../../lambda/products/stock/settle.js';

const dynamo = mockClient(DynamoDBDocumentClient);
const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const clients = {
  products: { tableName: 'products', client },
  reservations: { tableName: 'reservations', client },
};

const orderId = `ord_${'0'.repeat(32)}`;
const lines = [
  { productId: 'prd_4f1c2a', quantity: 2 },
  { productId: 'prd_5a5a5a', quantity: 1 },
];
const reserved = {
  orderId,
  lines,
  status: 'reserved',
  open: 'reserved',
  reservedAt: '2026-01-01T00:00:00.000Z',
};

/** Creates the error of a cancelled transaction, with a code for each of its writes. */
const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
const conditionFailed = () => new ConditionalCheckFailedException({ message: '', $metadata: {} });
const writes = () => dynamo.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems;

beforeEach(() => dynamo.reset());

describe('quote', () => {
  const call = quote.with(clients);

  it('returns name and price of the existing products', async () => {
    const lamp = { productId: 'prd_4f1c2a', name: 'Lamp', price: { amount: 8900, currency: 'EUR' } };
    dynamo.on(BatchGetCommand).resolves({ Responses: { products: [{ ...lamp, stock: 3 }] } });
    expect(await call({ productIds: ['prd_4f1c2a', 'prd_5a5a5a', 'prd_4f1c2a'] })).toEqual({
      products: [lamp],
    });
    expect(dynamo.commandCalls(BatchGetCommand)[0]?.args[0].input.RequestItems).toEqual({
      products: { Keys: [{ productId: 'prd_4f1c2a' }, { productId: 'prd_5a5a5a' }] },
    });
  });

  it('fails when DynamoDB did not read all products', async () => {
    dynamo.on(BatchGetCommand).resolves({ UnprocessedKeys: { products: { Keys: [{ productId: 'x' }] } } });
    await expect(call({ productIds: ['prd_4f1c2a'] })).rejects.toThrow('throttling');
  });
});

describe('reserve', () => {
  const call = reserve.with(clients);

  it('reserves all lines and records the reservation in one transaction', async () => {
    dynamo.on(TransactWriteCommand).resolves({});
    expect(await call({ orderId, lines })).toEqual({ status: 'done' });
    expect(writes()).toHaveLength(3);
    expect(writes()?.[0]?.Update).toMatchObject({
      Key: { orderId },
      ConditionExpression: 'attribute_not_exists(#status) AND NOT contains(abandoned, :run)',
      ExpressionAttributeValues: { ':lines': lines, ':status': 'reserved', ':open': 'reserved' },
    });
    expect(writes()?.[2]?.Update).toMatchObject({
      Key: { productId: 'prd_5a5a5a' },
      ConditionExpression: 'stock >= :quantity',
      ExpressionAttributeValues: { ':quantity': 1 },
    });
  });

  it('returns the products whose stock is insufficient', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('None', 'None', 'ConditionalCheckFailed'));
    expect(await call({ orderId, lines })).toEqual({ status: 'refused', products: ['prd_5a5a5a'] });
  });

  it('returns done when called again', async () => {
    dynamo
      .on(TransactWriteCommand)
      .rejects(cancelled('ConditionalCheckFailed', 'None', 'ConditionalCheckFailed'));
    dynamo.on(GetCommand).resolves({ Item: reserved });
    expect(await call({ orderId, lines })).toEqual({ status: 'done' });
  });

  it('refuses an order that was released', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('ConditionalCheckFailed', 'None', 'None'));
    dynamo.on(GetCommand).resolves({ Item: { ...reserved, status: 'released' } });
    expect(await call({ orderId, lines })).toEqual({ status: 'refused', products: [] });
  });

  it('records the run that reserved, and returns duplicate to another run', async () => {
    dynamo
      .on(TransactWriteCommand)
      .resolvesOnce({})
      .rejects(cancelled('ConditionalCheckFailed', 'None', 'None'));
    dynamo.on(GetCommand).resolves({ Item: { ...reserved, runId: 'first' } });
    expect(await call({ orderId, lines, runId: 'first' })).toEqual({ status: 'done' });
    expect(writes()?.[0]?.Update?.ExpressionAttributeValues).toMatchObject({
      ':runId': 'first',
      ':run': 'first',
    });
    expect(await call({ orderId, lines, runId: 'first' })).toEqual({ status: 'done' });
    expect(await call({ orderId, lines, runId: 'second' })).toEqual({ status: 'duplicate' });
  });

  it('refuses a run that was undone before', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('ConditionalCheckFailed', 'None', 'None'));
    dynamo.on(GetCommand).resolves({ Item: { orderId, abandoned: new Set(['first']) } });
    expect(await call({ orderId, lines, runId: 'first' })).toEqual({ status: 'refused', products: [] });
  });

  it('rethrows a conflict with another transaction', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('None', 'TransactionConflict', 'None'));
    await expect(call({ orderId, lines })).rejects.toThrow('Transaction cancelled');
  });

  it.each([
    ['no lines', { orderId, lines: [] }],
    ['one product twice', { orderId, lines: [lines[0]!, lines[0]!] }],
    ['a negative quantity', { orderId, lines: [{ ...lines[0]!, quantity: -1 }] }],
    ['a huge quantity', { orderId, lines: [{ ...lines[0]!, quantity: 1e9 }] }],
    ['an invalid order id', { orderId: 'ord_1', lines }],
  ])('rejects %s before it writes anything', async (_, event) => {
    await expect(call(event)).rejects.toThrow();
    expect(dynamo.calls()).toHaveLength(0);
  });
});

describe('release', () => {
  const call = release.with(clients);

  it('returns all lines to the stock and closes the reservation in one transaction', async () => {
    dynamo.on(GetCommand).resolves({ Item: reserved });
    dynamo.on(TransactWriteCommand).resolves({});
    expect(await call({ orderId })).toEqual({ status: 'done' });
    expect(writes()?.[0]?.Update).toMatchObject({
      UpdateExpression: 'SET #status = :released REMOVE #open',
      ExpressionAttributeValues: { ':released': 'released', ':current': 'reserved' },
    });
    expect(writes()?.[1]?.Update).toMatchObject({
      Key: { productId: 'prd_4f1c2a' },
      UpdateExpression: 'SET stock = stock + :quantity',
      ExpressionAttributeValues: { ':quantity': 2 },
    });
  });

  it('writes nothing when called again', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...reserved, status: 'released' } });
    expect(await call({ orderId })).toEqual({ status: 'done' });
    expect(writes()).toBeUndefined();
  });

  it('returns done when a concurrent call released first', async () => {
    dynamo
      .on(GetCommand)
      .resolvesOnce({ Item: reserved })
      .resolves({ Item: { ...reserved, status: 'released' } });
    dynamo.on(TransactWriteCommand).rejects(cancelled('ConditionalCheckFailed', 'None', 'None'));
    expect(await call({ orderId })).toEqual({ status: 'done' });
  });

  it('fails, so that it is retried, when the reservation was settled concurrently', async () => {
    dynamo
      .on(GetCommand)
      .resolvesOnce({ Item: reserved })
      .resolves({ Item: { ...reserved, status: 'sold' } });
    dynamo.on(TransactWriteCommand).rejects(cancelled('ConditionalCheckFailed', 'None', 'None'));
    await expect(call({ orderId })).rejects.toThrow('Transaction cancelled');
  });

  it('skips a product that was deleted', async () => {
    dynamo.on(GetCommand).resolves({ Item: reserved });
    dynamo
      .on(TransactWriteCommand)
      .rejectsOnce(cancelled('None', 'ConditionalCheckFailed', 'None'))
      .resolves({});
    expect(await call({ orderId })).toEqual({ status: 'done' });
    const [, second] = dynamo.commandCalls(TransactWriteCommand);
    expect(second?.args[0].input.TransactItems?.map(({ Update }) => Update?.Key)).toEqual([
      { orderId },
      { productId: 'prd_5a5a5a' },
    ]);
  });

  it('prevents a later reservation of a run without one', async () => {
    dynamo.on(GetCommand).resolves({});
    dynamo.on(UpdateCommand).resolves({});
    expect(await call({ orderId, runId: 'first' })).toEqual({ status: 'done' });
    expect(dynamo.commandCalls(UpdateCommand)[0]?.args[0].input).toMatchObject({
      UpdateExpression: 'SET forgetAt = :forgetAt ADD abandoned :runs',
      ConditionExpression: 'attribute_not_exists(#status)',
      ExpressionAttributeValues: { ':runs': new Set(['first']) },
    });
  });

  it.each(['reserved', 'sold'])('keeps a reservation of another run: %s', async (status) => {
    dynamo.on(GetCommand).resolves({ Item: { ...reserved, status, runId: 'first' } });
    expect(await call({ orderId, runId: 'second' })).toEqual({ status: 'done' });
    expect(dynamo.commandCalls(TransactWriteCommand)).toHaveLength(0);
    expect(dynamo.commandCalls(UpdateCommand)).toHaveLength(0);
  });

  it('fails, so that it is retried, when the order was reserved concurrently', async () => {
    dynamo.on(GetCommand).resolves({});
    dynamo.on(UpdateCommand).rejects(conditionFailed());
    await expect(call({ orderId })).rejects.toThrow(ConditionalCheckFailedException);
  });
});

describe('settle', () => {
  const call = settle.with(clients);

  it('makes a reservation final', async () => {
    dynamo.on(UpdateCommand).resolves({});
    expect(await call({ orderId })).toEqual({ status: 'done' });
    expect(dynamo.commandCalls(UpdateCommand)[0]?.args[0].input).toMatchObject({
      UpdateExpression: 'SET #status = :sold REMOVE #open',
      ConditionExpression:
        '#status IN (:reserved, :sold) AND (attribute_not_exists(runId) OR runId = :runId)',
    });
  });

  it('refuses a released reservation', async () => {
    dynamo.on(UpdateCommand).rejects(conditionFailed());
    expect(await call({ orderId })).toEqual({ status: 'refused', products: [] });
  });

  it('rethrows every other error', async () => {
    dynamo.on(UpdateCommand).rejects(new Error('throttled'));
    await expect(call({ orderId })).rejects.toThrow('throttled');
  });
});

describe('releaseAbandoned', () => {
  it('releases reservations that have been open for two hours, page by page', async () => {
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Items: [reserved], LastEvaluatedKey: { orderId } })
      .resolves({ Items: [{ ...reserved, orderId: `ord_${'1'.repeat(32)}` }] });
    dynamo.on(TransactWriteCommand).resolves({});
    await releaseAbandoned.with(clients)({});
    expect(dynamo.commandCalls(TransactWriteCommand)).toHaveLength(2);
    const { IndexName, ExpressionAttributeValues } = dynamo.commandCalls(QueryCommand)[0]!.args[0].input;
    expect(IndexName).toBe('open');
    const threshold = Date.parse(ExpressionAttributeValues?.[':abandoned']);
    expect(Date.now() - threshold).toBeGreaterThanOrEqual(2 * 60 * 60 * 1000);
  });

  const abandoned = [1, 2, 3].map((number) => ({ ...reserved, orderId: `ord_${String(number).repeat(32)}` }));
  const released = () =>
    dynamo.commandCalls(TransactWriteCommand).map(({ args }) => args[0].input.TransactItems![0]!.Update!.Key);

  it('releases all other reservations when one fails, and then fails', async () => {
    const log = jest.spyOn(console, 'error').mockImplementation();
    dynamo.on(QueryCommand).resolves({ Items: abandoned });
    dynamo.on(TransactWriteCommand).rejectsOnce(new Error('throttled')).resolves({});
    dynamo.on(GetCommand).resolves({ Item: abandoned[0] });
    await expect(releaseAbandoned.with(clients)({})).rejects.toThrow('1 reservations could not be released');
    expect(released()).toEqual(abandoned.map((item) => ({ orderId: item.orderId })));
    expect(log.mock.calls.join()).toContain(abandoned[0]!.orderId);
    log.mockRestore();
  });

  it('succeeds when an order was finished concurrently', async () => {
    dynamo.on(QueryCommand).resolves({ Items: abandoned });
    dynamo
      .on(TransactWriteCommand)
      .rejectsOnce(cancelled('ConditionalCheckFailed', 'None', 'None'))
      .resolves({});
    dynamo.on(GetCommand).resolves({ Item: { ...abandoned[0], status: 'sold' } });
    await releaseAbandoned.with(clients)({});
    expect(released()).toHaveLength(3);
  });
});
