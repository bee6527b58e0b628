import { setTimeout } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { handle, type TableClient, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { ChargeRequest, type ChargeResponse } from '../../contracts/payments.js';
import { behaviourOf } from './behaviour.js';
import { OWNED_BY_RUN } from './owned-by-run.js';

/** Longer than the function's timeout. */
const HANG_MILLISECONDS = 60_000;

/**
 * Charges a card for an order. Idempotent: repeated calls charge once, and a refunded payment stays refunded. The first
 * run that charges owns the payment.
 */
export const handler = handle(
  { payments: table.write },
  async (event: z.input<typeof ChargeRequest>, { payments }): Promise<ChargeResponse> => {
    const request = ChargeRequest.parse(event);
    const { orderId, cardToken } = request;
    const behaviour = behaviourOf(cardToken);
    if (behaviour === 'decline') return { status: 'declined' };
    if (behaviour === 'fail-twice' && (await countAttempt(payments, orderId)) <= 2) {
      throw new Error('The payment provider is unavailable');
    }
    const status = await charge(payments, request);
    if (behaviour === 'never-respond') await setTimeout(HANG_MILLISECONDS);
    return { status };
  },
);

/** Returns the number of attempts, this one included. */
async function countAttempt({ client, tableName }: TableClient, orderId: string): Promise<number> {
  const { Attributes } = await client.send(
    new UpdateCommand({
      TableName: tableName,
      Key: { orderId },
      UpdateExpression: 'ADD attempts :one',
      ExpressionAttributeValues: { ':one': 1 },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  return Attributes?.attempts;
}

/** @returns `declined` when this run's payment was refunded, or the run was undone before it charged */
async function charge(
  { client, tableName }: TableClient,
  { orderId, amount, runId }: z.output<typeof ChargeRequest>,
): Promise<ChargeResponse['status']> {
  const run = runId ?? orderId;
  try {
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { orderId },
        UpdateExpression: `SET #status = :charged, amount = :amount${runId ? ', runId = :runId' : ''}`,
        ConditionExpression: `(attribute_not_exists(#status) OR (#status = :charged AND ${OWNED_BY_RUN})) AND NOT contains(abandoned, :runId)`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':charged': 'charged', ':amount': amount, ':runId': run },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return 'approved';
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const owner = error.Item?.runId?.S;
    return owner !== undefined && owner !== run ? 'duplicate' : 'declined';
  }
}
