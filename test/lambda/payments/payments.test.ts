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
const refusal = () => new ConditionalCheckFailedException({ message: '', $metadata: {} });

beforeEach(() => dynamo.reset());

describe('charge', () => {
  it('charges once for an order, and never one that was refunded', async () => {
    dynamo.on(UpdateCommand).resolves({});
    expect(await pay('tok_approve')).toEqual({ status: 'approved' });
    expect(dynamo.commandCalls(UpdateCommand)[0]!.args[0].input).toMatchObject({
      Key: { orderId },
      ConditionExpression: 'attribute_not_exists(#status) OR #status = :charged',
    });
    dynamo.on(UpdateCommand).rejects(refusal());
    expect(await pay('tok_approve')).toEqual({ status: 'declined' });
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
  it('marks the order, whether it was charged or not', async () => {
    dynamo.on(UpdateCommand).resolves({});
    expect(await refund.with({ payments })({ orderId })).toEqual({ status: 'done' });
    expect(dynamo.commandCalls(UpdateCommand)[0]!.args[0].input).toMatchObject({
      Key: { orderId },
      ExpressionAttributeValues: { ':refunded': 'refunded' },
    });
  });
});
