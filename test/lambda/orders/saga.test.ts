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
const execution = { id: 'execution', name: 'one', runId: 'one@now' };
const runId = 'one@now';
const event = { input, execution };
const conflict = () => new ConditionalCheckFailedException({ message: '', $metadata: {} });
const placed = {
  orderId,
  customerId: 'user-ada',
  status: 'PLACED',
  version: 1,
  total: input.total,
} as OrderItem;

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
    dynamo.on(UpdateCommand).resolves({});
    expect(await reserve.with({ orders, reserve: yes.client })(event)).toEqual({ reserved: true });
    expect(yes.calls).toEqual([{ orderId, lines: input.lines, runId }]);
    expect(await reserve.with({ orders, reserve: no.client })(event)).toEqual({
      sagaFailure: { kind: 'refused', code: 'sold-out' },
    });
  });

  it('begin with a claim of the order, and touch nothing when another run has it, or it has ended', async () => {
    const stock = fake({ status: 'done' });
    dynamo.on(UpdateCommand).rejects(conflict());
    expect(await reserve.with({ orders, reserve: stock.client })(event)).toMatchObject({
      sagaFailure: { code: 'duplicate' },
    });
    expect(stock.calls).toEqual([]);
    expect(written()).toMatchObject({
      Key: { orderId, customerId: 'user-ada' },
      ConditionExpression: '#status = :placed AND (attribute_not_exists(runId) OR runId = :runId)',
      ExpressionAttributeValues: { ':placed': 'PLACED', ':runId': runId },
    });
  });

  it('end when another run has reserved or charged for the order', async () => {
    const other = fake({ status: 'duplicate' });
    dynamo.on(UpdateCommand).resolves({});
    const refusal = { sagaFailure: { code: 'duplicate' } };
    expect(await reserve.with({ orders, reserve: other.client })(event)).toMatchObject(refusal);
    expect(await pay.with({ charge: other.client })(event)).toMatchObject(refusal);
  });

  it('take the payment, or refuse as declined', async () => {
    const [yes, no] = [fake({ status: 'approved' }), fake({ status: 'declined' })];
    expect(await pay.with({ charge: yes.client })(event)).toEqual({ paid: true });
    expect(yes.calls).toEqual([{ orderId, amount: input.total, cardToken: 'tok_approve', runId }]);
    expect(await pay.with({ charge: no.client })(event)).toMatchObject({
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

  it('are undone by the order and the run: whether they had an effect is not known', async () => {
    const [stock, money] = [fake({ status: 'done' }), fake({ status: 'done' })];
    await release.with({ release: stock.client })(event);
    await refund.with({ refund: money.client })(event);
    expect([...stock.calls, ...money.calls]).toEqual([
      { orderId, runId },
      { orderId, runId },
    ]);
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
    const confirmed = { ...placed, status: 'CONFIRMED', version: 2, runId };
    dynamo.on(UpdateCommand).resolves({ Attributes: confirmed });
    expect(await confirm.with({ orders })(event)).toEqual({ confirmed: true });
    expect(written()).toMatchObject({
      ConditionExpression:
        '#version = :known AND attribute_not_exists(cancelRequested) AND (attribute_not_exists(#runId) OR #runId = :runId)',
      ExpressionAttributeValues: {
        ':status': 'CONFIRMED',
        ':version': 2,
        ':known': 1,
        ':runId': runId,
        ':event': { name: 'OrderConfirmed', sequence: 2 },
      },
    });
  });

  it('refuses an order that was cancelled', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, cancelRequested: true } });
    expect(await confirm.with({ orders })(event)).toMatchObject({ sagaFailure: { code: 'cancelled' } });
    expect(written()).toBeUndefined();
  });

  it('does nothing twice', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, status: 'CONFIRMED', runId } });
    expect(await confirm.with({ orders })(event)).toEqual({ confirmed: true });
    expect(written()).toBeUndefined();
  });

  it.each(['PLACED', 'CONFIRMED', 'REFUSED'])(
    'leaves an order to the run that has it: %s',
    async (status) => {
      dynamo.on(GetCommand).resolves({ Item: { ...placed, status, runId: 'other' } });
      expect(await confirm.with({ orders })(event)).toMatchObject({ sagaFailure: { code: 'duplicate' } });
      expect(written()).toBeUndefined();
    },
  );

  it('fails, to be tried again, when the customer cancels at the same moment', async () => {
    dynamo.on(GetCommand).resolves({ Item: placed });
    dynamo.on(UpdateCommand).rejects(conflict());
    await expect(confirm.with({ orders })(event)).rejects.toThrow(ConditionalCheckFailedException);
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
    expect(written()?.ConditionExpression).not.toContain('cancelRequested');
  });

  it('is told once', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, status: 'REFUSED' } });
    await end(undone({ kind: 'cancelled' }) as never);
    expect(written()).toBeUndefined();
  });

  it.each([
    ['confirmed by another run', { status: 'CONFIRMED', runId: 'other' }],
    ['carried out by another run', { status: 'PLACED', runId: 'other' }],
    ['confirmed, nobody knows by whom', { status: 'CONFIRMED' }],
  ])('does not take back an order that is %s', async (_, order) => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, ...order } });
    await end(undone({ kind: 'failed', error: 'Lambda.TooManyRequestsException' }) as never);
    expect(written()).toBeUndefined();
  });

  it('takes back what its own run has confirmed, in a step that failed after its effect', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, status: 'CONFIRMED', runId } });
    dynamo.on(UpdateCommand).resolves({ Attributes: { ...placed, status: 'REFUSED' } });
    await end(undone({ kind: 'failed', error: 'States.Timeout' }) as never);
    expect(written()?.ExpressionAttributeValues).toMatchObject({ ':status': 'REFUSED' });
  });

  it('of a second run is told to nobody', async () => {
    await end(undone({ kind: 'refused', code: 'duplicate' }) as never);
    expect(dynamo.calls()).toHaveLength(0);
  });

  describe('whose input was not valid', () => {
    const refusal = (wrong: unknown) =>
      ({
        status: 'refused',
        execution,
        reason: { kind: 'invalid', problems: [{ path: '.input', message: 'wrong' }] },
        context: { input: wrong },
      }) as never;

    it('is told as far as the order can be found', async () => {
      dynamo.on(GetCommand).resolves({ Item: { ...placed, total: input.total } });
      dynamo.on(UpdateCommand).resolves({ Attributes: { ...placed, status: 'REFUSED' } });
      await end(refusal({ orderId, customerId: 'user-ada', lines: 'none' }));
      expect(written()?.ExpressionAttributeValues).toMatchObject({
        ':event': { name: 'OrderRefused', data: { reason: 'technical', total: input.total } },
      });
    });

    it.each([undefined, null, 7, {}, { orderId: '', customerId: '' }, { orderId, customerId: 'nobody' }])(
      'ends, and is logged, without an order: %j',
      async (wrong) => {
        const log = jest.spyOn(console, 'error').mockImplementation(() => {});
        dynamo.on(GetCommand).resolves({});
        await expect(end(refusal(wrong))).resolves.toBeUndefined();
        expect(written()).toBeUndefined();
        expect(log).toHaveBeenCalledTimes(1);
        log.mockRestore();
      },
    );
  });

  it('is not told of a fulfilment that was completed', async () => {
    await end({ status: 'completed', execution, context: { input } } as never);
    expect(dynamo.calls()).toHaveLength(0);
  });
});
