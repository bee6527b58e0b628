import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { OrderItem } from '../../../lambda/orders/order-item.js';
import { handler as confirm } from '../../../lambda/orders/saga/confirm.js';
import { handler as isCancelled } from '../../../lambda/orders/saga/is-cancelled.js';
import { handler as pay } from '../../../lambda/orders/saga/pay.js';
import { handler as refund } from '../../../lambda/orders/saga/refund.js';
import { handler as refuse } from '../../../lambda/orders/saga/refuse.js';
import { handler as release } from '../../../lambda/orders/saga/release.js';
import { handler as reserve } from '../../../lambda/orders/saga/reserve.js';
import { handler as settle } from '../../../lambda/orders/saga/settle.js';

const dynamo = mockClient(DynamoDBDocumentClient);
const orders = { tableName: 'orders', client: DynamoDBDocumentClient.from(new DynamoDBClient({})) };

const orderId = `ord_${'0'.repeat(32)}`;
const input = {
  orderId,
  customerId: 'user-ada',
  lines: [{ productId: 'prd_4f1c2a', quantity: 2 }],
  total: { amount: 17800, currency: 'EUR' as const },
  cardToken: 'tok_approve',
};
const execution = { id: 'execution', name: 'one' };
const placed = { orderId, customerId: 'user-ada', status: 'PLACED', version: 1 } as OrderItem;

/** A function that was published: it answers always the same, and tells what it was asked. */
function fake(reply: unknown) {
  const calls: unknown[] = [];
  const call = async (event: unknown) => {
    calls.push(event);
    return reply as never;
  };
  return { calls, client: { functionName: 'fake', dryRun: async () => {}, call } };
}

const written = () => dynamo.commandCalls(UpdateCommand)[0]?.args[0].input;

beforeEach(() => dynamo.reset());

describe('the steps of a fulfilment', () => {
  it('reserve the stock, or refuse as sold out', async () => {
    const [yes, no] = [fake({ status: 'done' }), fake({ status: 'refused', products: [] })];
    expect(await reserve.with({ reserve: yes.client })({ input })).toEqual({ reserved: true });
    expect(yes.calls).toEqual([{ orderId, lines: input.lines }]);
    expect(await reserve.with({ reserve: no.client })({ input })).toEqual({
      sagaFailure: { kind: 'refused', code: 'sold-out' },
    });
  });

  it('take the payment, or refuse as declined', async () => {
    const [yes, no] = [fake({ status: 'approved' }), fake({ status: 'declined' })];
    expect(await pay.with({ charge: yes.client })({ input })).toEqual({ paid: true });
    expect(yes.calls).toEqual([{ orderId, amount: input.total, cardToken: 'tok_approve' }]);
    expect(await pay.with({ charge: no.client })({ input })).toMatchObject({
      sagaFailure: { code: 'payment-declined' },
    });
  });

  it('settle the reservation, or refuse when it was released as abandoned', async () => {
    expect(await settle.with({ settle: fake({ status: 'done' }).client })({ input })).toEqual({
      settled: true,
    });
    expect(await settle.with({ settle: fake({ status: 'refused' }).client })({ input })).toMatchObject({
      sagaFailure: { code: 'sold-out' },
    });
  });

  it('are undone by the order alone: whether they had an effect is not known', async () => {
    const [stock, money] = [fake({ status: 'done' }), fake({ status: 'done' })];
    await release.with({ release: stock.client })({ input });
    await refund.with({ refund: money.client })({ input });
    expect([...stock.calls, ...money.calls]).toEqual([{ orderId }, { orderId }]);
  });

  it('ask whether the customer has cancelled', async () => {
    dynamo
      .on(GetCommand)
      .resolvesOnce({ Item: placed })
      .resolves({ Item: { ...placed, cancelRequested: true } });
    const ask = isCancelled.with({ orders });
    expect([await ask({ input }), await ask({ input })]).toEqual([false, true]);
  });
});

describe('confirm', () => {
  it('confirms the order and tells so in one write', async () => {
    dynamo.on(GetCommand).resolves({ Item: placed });
    dynamo.on(UpdateCommand).resolves({ Attributes: { ...placed, status: 'CONFIRMED', version: 2 } });
    expect(await confirm.with({ orders })({ input })).toEqual({ confirmed: true });
    expect(written()).toMatchObject({
      ConditionExpression: '#version = :known AND attribute_not_exists(cancelRequested)',
      ExpressionAttributeValues: {
        ':status': 'CONFIRMED',
        ':version': 2,
        ':known': 1,
        ':event': { name: 'OrderConfirmed', sequence: 2 },
      },
    });
  });

  it('refuses an order that was cancelled', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, cancelRequested: true } });
    expect(await confirm.with({ orders })({ input })).toMatchObject({ sagaFailure: { code: 'cancelled' } });
    expect(written()).toBeUndefined();
  });

  it('does nothing twice', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, status: 'CONFIRMED' } });
    expect(await confirm.with({ orders })({ input })).toEqual({ confirmed: true });
    expect(written()).toBeUndefined();
  });

  it('fails, to be tried again, when the customer cancels at the same moment', async () => {
    dynamo.on(GetCommand).resolves({ Item: placed });
    dynamo.on(UpdateCommand).rejects(new ConditionalCheckFailedException({ message: '', $metadata: {} }));
    await expect(confirm.with({ orders })({ input })).rejects.toThrow(ConditionalCheckFailedException);
  });
});

describe('the end of an undone fulfilment', () => {
  const end = refuse.with({ orders });
  const undone = (reason: object) => ({
    status: 'undone',
    execution,
    failedStep: 'pay',
    reason,
    context: { input },
  });

  it.each([
    [{ kind: 'refused', code: 'payment-declined' }, 'payment-declined'],
    [{ kind: 'refused', code: 'sold-out' }, 'sold-out'],
    [{ kind: 'cancelled' }, 'cancelled'],
    [{ kind: 'failed', error: 'States.Timeout' }, 'technical'],
  ])('of %j tells the customer: %s', async (reason, told) => {
    dynamo.on(GetCommand).resolves({ Item: placed });
    dynamo.on(UpdateCommand).resolves({ Attributes: { ...placed, status: 'REFUSED' } });
    await end(undone(reason) as never);
    expect(written()?.ExpressionAttributeValues).toMatchObject({
      ':status': 'REFUSED',
      ':reason': told,
      ':event': { name: 'OrderRefused', sequence: 2, data: { reason: told } },
    });
  });

  it('of an order that the customer has cancelled meanwhile, too', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, cancelRequested: true } });
    dynamo.on(UpdateCommand).resolves({ Attributes: { ...placed, status: 'REFUSED' } });
    await end(undone({ kind: 'cancelled' }) as never);
    expect(written()?.ConditionExpression).toBe('#version = :known');
  });

  it('is told once', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, status: 'REFUSED' } });
    await end(undone({ kind: 'cancelled' }) as never);
    expect(written()).toBeUndefined();
  });

  it('is not told of a fulfilment that was completed', async () => {
    await end({ status: 'completed', execution, context: { input } } as never);
    expect(dynamo.calls()).toHaveLength(0);
  });
});
