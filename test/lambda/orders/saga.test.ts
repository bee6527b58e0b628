import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { OrderItem } from '../../../lambda/orders/order-item.js';
import { handler as claim } from '../../../lambda/orders/saga/claim.js';
import { handler as confirm } from '../../../lambda/orders/saga/confirm.js';
import { handler as isCancelled } from '../../../lambda/orders/saga/is-cancelled.js';
import { handler as refuse } from '../../../lambda/orders/saga/refuse.js';

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

const written = () => dynamo.commandCalls(UpdateCommand)[0]?.args[0].input;

beforeEach(() => dynamo.reset());

describe('the steps of a fulfilment', () => {
  it('claim the order for their run', async () => {
    dynamo.on(UpdateCommand).resolves({});
    expect(await claim.with({ orders })(event)).toEqual({ claimed: true });
    expect(written()).toMatchObject({
      Key: { orderId, customerId: 'user-ada' },
      ConditionExpression: '#status = :placed AND (attribute_not_exists(runId) OR runId = :runId)',
      ExpressionAttributeValues: { ':placed': 'PLACED', ':runId': runId },
    });
  });

  it('refuse as duplicate when another run owns the order or it is finished', async () => {
    dynamo.on(UpdateCommand).rejects(conflict());
    expect(await claim.with({ orders })(event)).toEqual({
      sagaFailure: { kind: 'refused', code: 'duplicate' },
    });
  });

  it('fail, so that they are retried, when the order cannot be written', async () => {
    dynamo.on(UpdateCommand).rejects(new Error('throttled'));
    await expect(claim.with({ orders })(event)).rejects.toThrow('throttled');
  });

  it('check for a cancellation by the customer', async () => {
    dynamo
      .on(GetCommand)
      .resolvesOnce({ Item: placed })
      .resolves({ Item: { ...placed, cancelRequested: true } });
    const check = isCancelled.with({ orders });
    expect([await check({ input }), await check({ input })]).toEqual([false, true]);
  });
});

describe('confirm', () => {
  it('confirms the order and publishes the event in one write', async () => {
    dynamo.on(GetCommand).resolves({ Item: placed });
    const confirmed = { ...placed, status: 'CONFIRMED', version: 2, runId };
    dynamo.on(UpdateCommand).resolves({ Attributes: confirmed });
    expect(await confirm.with({ orders })(event)).toEqual({ confirmed: true });
    expect(written()).toMatchObject({
      ConditionExpression:
        '#version = :current AND attribute_not_exists(cancelRequested) AND (attribute_not_exists(#runId) OR #runId = :runId)',
      ExpressionAttributeValues: {
        ':status': 'CONFIRMED',
        ':version': 2,
        ':current': 1,
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

  it('writes nothing when called again', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, status: 'CONFIRMED', runId } });
    expect(await confirm.with({ orders })(event)).toEqual({ confirmed: true });
    expect(written()).toBeUndefined();
  });

  it.each(['PLACED', 'CONFIRMED', 'REFUSED'])(
    'refuses as duplicate when another run owns the order: %s',
    async (status) => {
      dynamo.on(GetCommand).resolves({ Item: { ...placed, status, runId: 'other' } });
      expect(await confirm.with({ orders })(event)).toMatchObject({ sagaFailure: { code: 'duplicate' } });
      expect(written()).toBeUndefined();
    },
  );

  it('fails, so that it is retried, when the customer cancels concurrently', async () => {
    dynamo.on(GetCommand).resolves({ Item: placed });
    dynamo.on(UpdateCommand).rejects(conflict());
    await expect(confirm.with({ orders })(event)).rejects.toThrow(ConditionalCheckFailedException);
  });
});

describe('refuse, at the end of an undone fulfilment,', () => {
  const finish = refuse.with({ orders });
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
  ])('refuses the order for %j with the reason %s', async (reason, code) => {
    dynamo.on(GetCommand).resolves({ Item: placed });
    dynamo.on(UpdateCommand).resolves({ Attributes: { ...placed, status: 'REFUSED' } });
    await finish(undone(reason) as never);
    expect(written()?.ExpressionAttributeValues).toMatchObject({
      ':status': 'REFUSED',
      ':reason': code,
      ':event': { name: 'OrderRefused', sequence: 2, data: { reason: code } },
    });
  });

  it('refuses an order that the customer cancelled meanwhile', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, cancelRequested: true } });
    dynamo.on(UpdateCommand).resolves({ Attributes: { ...placed, status: 'REFUSED' } });
    await finish(undone({ kind: 'cancelled' }) as never);
    expect(written()?.ConditionExpression).not.toContain('cancelRequested');
  });

  it('writes nothing when called again', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, status: 'REFUSED' } });
    await finish(undone({ kind: 'cancelled' }) as never);
    expect(written()).toBeUndefined();
  });

  it.each([
    ['confirmed by another run', { status: 'CONFIRMED', runId: 'other' }],
    ['owned by another run', { status: 'PLACED', runId: 'other' }],
    ['confirmed without a run', { status: 'CONFIRMED' }],
  ])('does not refuse an order that is %s', async (_, order) => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, ...order } });
    await finish(undone({ kind: 'failed', error: 'Lambda.TooManyRequestsException' }) as never);
    expect(written()).toBeUndefined();
  });

  it('refuses an order that this run confirmed in a step that failed after its effect', async () => {
    dynamo.on(GetCommand).resolves({ Item: { ...placed, status: 'CONFIRMED', runId } });
    dynamo.on(UpdateCommand).resolves({ Attributes: { ...placed, status: 'REFUSED' } });
    await finish(undone({ kind: 'failed', error: 'States.Timeout' }) as never);
    expect(written()?.ExpressionAttributeValues).toMatchObject({ ':status': 'REFUSED' });
  });

  it('does nothing for a duplicate run', async () => {
    await finish(undone({ kind: 'refused', code: 'duplicate' }) as never);
    expect(dynamo.calls()).toHaveLength(0);
  });

  describe('with invalid input', () => {
    const refusal = (invalid: unknown) =>
      ({
        status: 'refused',
        execution,
        reason: { kind: 'invalid', problems: [{ path: '.input', message: 'wrong' }] },
        context: { input: invalid },
      }) as never;

    it('refuses the order if it can be found', async () => {
      dynamo.on(GetCommand).resolves({ Item: { ...placed, total: input.total } });
      dynamo.on(UpdateCommand).resolves({ Attributes: { ...placed, status: 'REFUSED' } });
      await finish(refusal({ orderId, customerId: 'user-ada', lines: 'none' }));
      expect(written()?.ExpressionAttributeValues).toMatchObject({
        ':event': { name: 'OrderRefused', data: { reason: 'technical', total: input.total } },
      });
    });

    it.each([undefined, null, 7, {}, { orderId: '', customerId: '' }, { orderId, customerId: 'unknown' }])(
      'logs an error if the order cannot be found: %j',
      async (invalid) => {
        const log = jest.spyOn(console, 'error').mockImplementation(() => {});
        dynamo.on(GetCommand).resolves({});
        await expect(finish(refusal(invalid))).resolves.toBeUndefined();
        expect(written()).toBeUndefined();
        expect(log).toHaveBeenCalledTimes(1);
        log.mockRestore();
      },
    );
  });

  it('does nothing for a completed fulfilment', async () => {
    await finish({ status: 'completed', execution, context: { input } } as never);
    expect(dynamo.calls()).toHaveLength(0);
  });
});
