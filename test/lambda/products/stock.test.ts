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

/** DynamoDB's refusal of a transaction: a code for each of its writes. */
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

  it('answers name and price of the products there are', async () => {
    const lamp = { productId: 'prd_4f1c2a', name: 'Lamp', price: { amount: 8900, currency: 'EUR' } };
    dynamo.on(BatchGetCommand).resolves({ Responses: { products: [{ ...lamp, stock: 3 }] } });
    expect(await call({ productIds: ['prd_4f1c2a', 'prd_5a5a5a', 'prd_4f1c2a'] })).toEqual({
      products: [lamp],
    });
    expect(dynamo.commandCalls(BatchGetCommand)[0]?.args[0].input.RequestItems).toEqual({
      products: { Keys: [{ productId: 'prd_4f1c2a' }, { productId: 'prd_5a5a5a' }] },
    });
  });

  it('fails rather than to leave out what was not read', async () => {
    dynamo.on(BatchGetCommand).resolves({ UnprocessedKeys: { products: { Keys: [{ productId: 'x' }] } } });
    await expect(call({ productIds: ['prd_4f1c2a'] })).rejects.toThrow('throttling');
  });
});

describe('reserve', () => {
  const call = reserve.with(clients);

  it('takes all lines and notes the reservation in one transaction', async () => {
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

  it('names the products of which there is not enough', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('None', 'None', 'ConditionalCheckFailed'));
    expect(await call({ orderId, lines })).toEqual({ status: 'refused', products: ['prd_5a5a5a'] });
  });

  it('is done when it was done before', async () => {
    dynamo
      .on(TransactWriteCommand)
      .rejects(cancelled('ConditionalCheckFailed', 'None', 'ConditionalCheckFailed'));
    dynamo.on(GetCommand).resolves({ Item: reserved });
    expect(await call({ orderId, lines })).toEqual({ status: 'done' });
  });

  it('comes too late for an order that was released', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('ConditionalCheckFailed', 'None', 'None'));
    dynamo.on(GetCommand).resolves({ Item: { ...reserved, status: 'released' } });
    expect(await call({ orderId, lines })).toEqual({ status: 'refused', products: [] });
  });

  it('records the run that has reserved, and tells another one that it is a duplicate', async () => {
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

  it('comes too late for a run that was undone before', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('ConditionalCheckFailed', 'None', 'None'));
    dynamo.on(GetCommand).resolves({ Item: { orderId, abandoned: new Set(['first']) } });
    expect(await call({ orderId, lines, runId: 'first' })).toEqual({ status: 'refused', products: [] });
  });

  it('does not take a clash with another transaction for a refusal', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('None', 'TransactionConflict', 'None'));
    await expect(call({ orderId, lines })).rejects.toThrow('Transaction cancelled');
  });

  it.each([
    ['no lines', { orderId, lines: [] }],
    ['one product twice', { orderId, lines: [lines[0]!, lines[0]!] }],
    ['a negative quantity', { orderId, lines: [{ ...lines[0]!, quantity: -1 }] }],
    ['a huge quantity', { orderId, lines: [{ ...lines[0]!, quantity: 1e9 }] }],
    ['an id that is no order', { orderId: 'ord_1', lines }],
  ])('refuses %s before it writes anything', async (_, event) => {
    await expect(call(event)).rejects.toThrow();
    expect(dynamo.calls()).toHaveLength(0);
  });
});

describe('release', () => {
  const call = release.with(clients);

  it('gives all lines back and closes the reservation in one transaction', async () => {
    dynamo.on(GetCommand).resolves({ Item: reserved });
    dynamo.on(TransactWriteCommand).resolves({});
    expect(await call({ orderId })).toEqual({ status: 'done' });
    expect(writes()?.[0]?.Update).toMatchObject({
      UpdateExpression: 'SET #status = :released REMOVE #open',
      ExpressionAttributeValues: { ':released': 'released', ':known': 'reserved' },
    });
    expect(writes()?.[1]?.Update).toMatchObject({
      Key: { productId: 'prd_4f1c2a' },
      UpdateExpression: 'SET stock = stock + :quantity',
      ExpressionAttributeValues: { ':quantity': 2 },
    });
  });

  it('does nothing twice', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...reserved, status: 'released' } });
    expect(await call({ orderId })).toEqual({ status: 'done' });
    expect(writes()).toBeUndefined();
  });

  it('is done when another call was faster', async () => {
    dynamo
      .on(GetCommand)
      .resolvesOnce({ Item: reserved })
      .resolves({ Item: { ...reserved, status: 'released' } });
    dynamo.on(TransactWriteCommand).rejects(cancelled('ConditionalCheckFailed', 'None', 'None'));
    expect(await call({ orderId })).toEqual({ status: 'done' });
  });

  it('fails, to be called again, when the reservation was settled in this moment', async () => {
    dynamo
      .on(GetCommand)
      .resolvesOnce({ Item: reserved })
      .resolves({ Item: { ...reserved, status: 'sold' } });
    dynamo.on(TransactWriteCommand).rejects(cancelled('ConditionalCheckFailed', 'None', 'None'));
    await expect(call({ orderId })).rejects.toThrow('Transaction cancelled');
  });

  it('gives back to the products there are, where one was removed', async () => {
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

  it('by a run that has reserved nothing prevents that it ever does', async () => {
    dynamo.on(GetCommand).resolves({});
    dynamo.on(UpdateCommand).resolves({});
    expect(await call({ orderId, runId: 'first' })).toEqual({ status: 'done' });
    expect(dynamo.commandCalls(UpdateCommand)[0]?.args[0].input).toMatchObject({
      UpdateExpression: 'SET forgetAt = :forgetAt ADD abandoned :runs',
      ConditionExpression: 'attribute_not_exists(#status)',
      ExpressionAttributeValues: { ':runs': new Set(['first']) },
    });
  });

  it.each(['reserved', 'sold'])('leaves what another run has %s', async (status) => {
    dynamo.on(GetCommand).resolves({ Item: { ...reserved, status, runId: 'first' } });
    expect(await call({ orderId, runId: 'second' })).toEqual({ status: 'done' });
    expect(dynamo.commandCalls(TransactWriteCommand)).toHaveLength(0);
    expect(dynamo.commandCalls(UpdateCommand)).toHaveLength(0);
  });

  it('fails, to be called again, when the order was reserved in this moment', async () => {
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

  it('refuses one that was released', async () => {
    dynamo.on(UpdateCommand).rejects(conditionFailed());
    expect(await call({ orderId })).toEqual({ status: 'refused', products: [] });
  });

  it('does not take another failure for a refusal', async () => {
    dynamo.on(UpdateCommand).rejects(new Error('throttled'));
    await expect(call({ orderId })).rejects.toThrow('throttled');
  });
});

describe('releaseAbandoned', () => {
  it('gives back what has been open for two hours, page by page', async () => {
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Items: [reserved], LastEvaluatedKey: { orderId } })
      .resolves({ Items: [{ ...reserved, orderId: `ord_${'1'.repeat(32)}` }] });
    dynamo.on(TransactWriteCommand).resolves({});
    await releaseAbandoned.with(clients)({});
    expect(dynamo.commandCalls(TransactWriteCommand)).toHaveLength(2);
    const { IndexName, ExpressionAttributeValues } = dynamo.commandCalls(QueryCommand)[0]!.args[0].input;
    expect(IndexName).toBe('open');
    const before = Date.parse(ExpressionAttributeValues?.[':abandoned']);
    expect(Date.now() - before).toBeGreaterThanOrEqual(2 * 60 * 60 * 1000);
  });

  const older = [1, 2, 3].map((number) => ({ ...reserved, orderId: `ord_${String(number).repeat(32)}` }));
  const released = () =>
    dynamo.commandCalls(TransactWriteCommand).map(({ args }) => args[0].input.TransactItems![0]!.Update!.Key);

  it('gives back all others where one cannot be given back, and then fails', async () => {
    const log = jest.spyOn(console, 'error').mockImplementation();
    dynamo.on(QueryCommand).resolves({ Items: older });
    dynamo.on(TransactWriteCommand).rejectsOnce(new Error('throttled')).resolves({});
    dynamo.on(GetCommand).resolves({ Item: older[0] });
    await expect(releaseAbandoned.with(clients)({})).rejects.toThrow(
      '1 reservations could not be given back',
    );
    expect(released()).toEqual(older.map((item) => ({ orderId: item.orderId })));
    expect(log.mock.calls.join()).toContain(older[0]!.orderId);
    log.mockRestore();
  });

  it('is done where an order was finished in this moment', async () => {
    dynamo.on(QueryCommand).resolves({ Items: older });
    dynamo
      .on(TransactWriteCommand)
      .rejectsOnce(cancelled('ConditionalCheckFailed', 'None', 'None'))
      .resolves({});
    dynamo.on(GetCommand).resolves({ Item: { ...older[0], status: 'sold' } });
    await releaseAbandoned.with(clients)({});
    expect(released()).toHaveLength(3);
  });
});
