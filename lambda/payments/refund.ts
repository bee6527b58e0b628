import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { handle, type TableClient, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { RefundRequest, type RefundResponse } from '../../contracts/payments.js';
import { IS_OWN } from './is-own.js';

/**
 * Gives the money of an order back that a run has charged, however often it is asked to; what another run has charged
 * stays. A run that has not charged is marked, so that a charge of it which is still on its way comes too late.
 */
export const handler = handle(
  { payments: table.write },
  async (event: z.input<typeof RefundRequest>, { payments }): Promise<RefundResponse> => {
    const { orderId, runId = orderId } = RefundRequest.parse(event);
    const isCharged = await refund(payments, orderId, runId);
    if (!isCharged) await prevent(payments, orderId, runId);
    return { status: 'done' };
  },
);

/** @returns false when no run has charged the order */
async function refund({ client, tableName }: TableClient, orderId: string, runId: string): Promise<boolean> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { orderId },
        UpdateExpression: 'SET #status = :refunded',
        ConditionExpression: `attribute_exists(#status) AND ${IS_OWN}`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':refunded': 'refunded', ':runId': runId },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item?.status !== undefined;
  }
}

/** Fails, to be called again, when the order was charged in this moment. */
async function prevent({ client, tableName }: TableClient, orderId: string, runId: string): Promise<void> {
  await client.send(
    new UpdateCommand({
      TableName: tableName,
      Key: { orderId },
      UpdateExpression: 'ADD abandoned :runs',
      ConditionExpression: 'attribute_not_exists(#status)',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':runs': new Set([runId]) },
    }),
  );
}
