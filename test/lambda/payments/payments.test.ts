import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { handler as charge } from '../../../lambda/payments/charge.js';
import { handler as refund } from '../../../lambda/payments/refund.js';

/** Replaces the timer of a minute with one that never ends. */
jest.mock('node:timers/promises', () => ({ setTimeout: () => new Promise(() => {}) }));

const dynamo = mockClient(DynamoDBDocumentClient);
const payments = { tableName: 'payments', client: DynamoDBDocumentClient.from(new DynamoDBClient({})) };
const orderId = `ord_${'0'.repeat(32)}`;
const amount = { amount: 100, currency: 'EUR' as const };
const pay = (cardToken: string) => charge.with({ payments })({ orderId, amount, cardToken });
/** Creates the error of a failed condition, with the stored payment. */
const refusal = (item: Record<string, string> = {}) =>
  new ConditionalCheckFailedException({
    message: '',
    $metadata: {},
    Item: Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S }])),
  });

beforeEach(() => dynamo.reset());

describe('charge', () => {
  it('charges an order once, and never after a refund', async () => {
    dynamo.on(UpdateCommand).resolves({});
    expect(await pay('tok_approve')).toEqual({ status: 'approved' });
    expect(dynamo.commandCalls(UpdateCommand)[0]!.args[0].input).toMatchObject({
      Key: { orderId },
      ConditionExpression:
        '(attribute_not_exists(#status) OR (#status = :charged AND (attribute_not_exists(runId) OR runId = :runId))) AND NOT contains(abandoned, :runId)',
    });
    dynamo.on(UpdateCommand).rejects(refusal());
    expect(await pay('tok_approve')).toEqual({ status: 'declined' });
  });

  it('records the run that charged, and returns duplicate to another run', async () => {
    const chargeFor = (runId: string) =>
      charge.with({ payments })({ orderId, amount, cardToken: 'tok_approve', runId });
    dynamo
      .on(UpdateCommand)
      .resolvesOnce({})
      .rejects(refusal({ status: 'charged', runId: 'first' }));
    expect(await chargeFor('first')).toEqual({ status: 'approved' });
    expect(dynamo.commandCalls(UpdateCommand)[0]!.args[0].input).toMatchObject({
      UpdateExpression: 'SET #status = :charged, amount = :amount, runId = :runId',
      ExpressionAttributeValues: { ':runId': 'first' },
    });
    expect(await chargeFor('second')).toEqual({ status: 'duplicate' });
  });

  it.each(['tok_decline', 'tok_unknown'])('declines the card %s without charging', async (token) => {
    expect(await pay(token)).toEqual({ status: 'declined' });
    expect(dynamo.calls()).toHaveLength(0);
  });

  it('fails twice with the card tok_flaky, then charges', async () => {
    let attempts = 0;
    dynamo.on(UpdateCommand).callsFake(async ({ ReturnValues }) => {
      if (ReturnValues === 'UPDATED_NEW') attempts += 1;
      return { Attributes: { attempts } };
    });
    await expect(pay('tok_flaky')).rejects.toThrow('The payment provider is unavailable');
    await expect(pay('tok_flaky')).rejects.toThrow('The payment provider is unavailable');
    expect(await pay('tok_flaky')).toEqual({ status: 'approved' });
  });

  it('charges the card tok_timeout and does not respond', async () => {
    dynamo.on(UpdateCommand).resolves({});
    const pending = Symbol('no response');
    const waited = new Promise((resolve) => setImmediate(() => resolve(pending)));
    expect(await Promise.race([pay('tok_timeout'), waited])).toBe(pending);
    expect(dynamo.commandCalls(UpdateCommand)).toHaveLength(1);
  });

  it('rethrows every other error', async () => {
    dynamo.on(UpdateCommand).rejects(new Error('throttled'));
    await expect(pay('tok_approve')).rejects.toThrow('throttled');
  });
});

describe('refund', () => {
  const call = () => refund.with({ payments })({ orderId, runId: 'first' });
  const writes = () => dynamo.commandCalls(UpdateCommand).map(({ args }) => args[0].input);

  it('refunds the charge of its run', async () => {
    dynamo.on(UpdateCommand).resolves({});
    expect(await call()).toEqual({ status: 'done' });
    expect(writes()).toMatchObject([
      {
        Key: { orderId },
        ConditionExpression: 'attribute_exists(#status) AND (attribute_not_exists(runId) OR runId = :runId)',
        ExpressionAttributeValues: { ':refunded': 'refunded', ':runId': 'first' },
      },
    ]);
  });

  it('keeps the charge of another run', async () => {
    dynamo.on(UpdateCommand).rejects(refusal({ status: 'charged', runId: 'second' }));
    expect(await call()).toEqual({ status: 'done' });
    expect(writes()).toHaveLength(1);
  });

  it('prevents a later charge of a run that has not charged', async () => {
    dynamo.on(UpdateCommand).rejectsOnce(refusal()).resolves({});
    expect(await call()).toEqual({ status: 'done' });
    expect(writes()[1]).toMatchObject({
      UpdateExpression: 'ADD abandoned :runs',
      ConditionExpression: 'attribute_not_exists(#status)',
      ExpressionAttributeValues: { ':runs': new Set(['first']) },
    });
  });

  it('fails, so that it is retried, when the order was charged concurrently', async () => {
    dynamo.on(UpdateCommand).rejects(refusal());
    await expect(call()).rejects.toThrow(ConditionalCheckFailedException);
  });
});
