import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { handler as charge } from '../../../lambda/payments/charge.js';
import { handler as refund } from '../../../lambda/payments/refund.js';

/** A minute would be long for a test. */
jest.mock('node:timers/promises', () => ({ setTimeout: () => new Promise(() => {}) }));

const dynamo = mockClient(DynamoDBDocumentClient);
const payments = { tableName: 'payments', client: DynamoDBDocumentClient.from(new DynamoDBClient({})) };
const orderId = `ord_${'0'.repeat(32)}`;
const amount = { amount: 100, currency: 'EUR' as const };
const pay = (cardToken: string) => charge.with({ payments })({ orderId, amount, cardToken });
/** DynamoDB's refusal, with the payment as it is. */
const refusal = (item: Record<string, string> = {}) =>
  new ConditionalCheckFailedException({
    message: '',
    $metadata: {},
    Item: Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S }])),
  });

beforeEach(() => dynamo.reset());

describe('charge', () => {
  it('charges once for an order, and never one that was refunded', async () => {
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

  it('records the run that has charged, and tells another one that it is a duplicate', async () => {
    const as = (runId: string) =>
      charge.with({ payments })({ orderId, amount, cardToken: 'tok_approve', runId });
    dynamo
      .on(UpdateCommand)
      .resolvesOnce({})
      .rejects(refusal({ status: 'charged', runId: 'first' }));
    expect(await as('first')).toEqual({ status: 'approved' });
    expect(dynamo.commandCalls(UpdateCommand)[0]!.args[0].input).toMatchObject({
      UpdateExpression: 'SET #status = :charged, amount = :amount, runId = :runId',
      ExpressionAttributeValues: { ':runId': 'first' },
    });
    expect(await as('second')).toEqual({ status: 'duplicate' });
  });

  it.each(['tok_decline', 'tok_nobody_knows'])('declines the card %s without charging', async (token) => {
    expect(await pay(token)).toEqual({ status: 'declined' });
    expect(dynamo.calls()).toHaveLength(0);
  });

  it('fails twice with the card tok_flaky, then charges', async () => {
    let attempts = 0;
    dynamo.on(UpdateCommand).callsFake(async ({ ReturnValues }) => {
      if (ReturnValues === 'UPDATED_NEW') attempts += 1;
      return { Attributes: { attempts } };
    });
    await expect(pay('tok_flaky')).rejects.toThrow('The payment provider is not available');
    await expect(pay('tok_flaky')).rejects.toThrow('The payment provider is not available');
    expect(await pay('tok_flaky')).toEqual({ status: 'approved' });
  });

  it('charges the card tok_timeout and does not answer', async () => {
    dynamo.on(UpdateCommand).resolves({});
    const silence = Symbol('no answer');
    const waited = new Promise((resolve) => setImmediate(() => resolve(silence)));
    expect(await Promise.race([pay('tok_timeout'), waited])).toBe(silence);
    expect(dynamo.commandCalls(UpdateCommand)).toHaveLength(1);
  });

  it('does not take another failure for a refusal', async () => {
    dynamo.on(UpdateCommand).rejects(new Error('throttled'));
    await expect(pay('tok_approve')).rejects.toThrow('throttled');
  });
});

describe('refund', () => {
  const call = () => refund.with({ payments })({ orderId, runId: 'first' });
  const writes = () => dynamo.commandCalls(UpdateCommand).map(({ args }) => args[0].input);

  it('gives back what its run has charged', async () => {
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

  it('leaves what another run has charged', async () => {
    dynamo.on(UpdateCommand).rejects(refusal({ status: 'charged', runId: 'other' }));
    expect(await call()).toEqual({ status: 'done' });
    expect(writes()).toHaveLength(1);
  });

  it('by a run that has not charged prevents that it ever does', async () => {
    dynamo.on(UpdateCommand).rejectsOnce(refusal()).resolves({});
    expect(await call()).toEqual({ status: 'done' });
    expect(writes()[1]).toMatchObject({
      UpdateExpression: 'ADD abandoned :runs',
      ConditionExpression: 'attribute_not_exists(#status)',
      ExpressionAttributeValues: { ':runs': new Set(['first']) },
    });
  });

  it('fails, to be called again, when the order was charged in this moment', async () => {
    dynamo.on(UpdateCommand).rejects(refusal());
    await expect(call()).rejects.toThrow(ConditionalCheckFailedException);
  });
});
