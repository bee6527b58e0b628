import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { handle, type TableClient, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { RefundRequest, type RefundResponse } from '../../contracts/payments.js';
import { OWNED_BY_RUN } from './owned-by-run.js';

/**
 * Refunds a run's charge for an order. Idempotent; a charge of another run is kept. A run that has not charged is marked
 * as abandoned, so that its delayed charge is declined.
 */
export const handler = handle(
  { payments: table.write },
  async (event: z.input<typeof RefundRequest>, { payments }): Promise<RefundResponse> => {
    const { orderId, runId = orderId } = RefundRequest.parse(event);
    const isCharged = await refund(payments, orderId, runId);
    if (!isCharged) await markAbandoned(payments, orderId, runId);
    return { status: 'done' };
  },
);

/** @returns false when no run charged the order */
async function refund({ client, tableName }: TableClient, orderId: string, runId: string): Promise<boolean> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { orderId },
        UpdateExpression: 'SET #status = :refunded',
        ConditionExpression: `attribute_exists(#status) AND ${OWNED_BY_RUN}`,
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

/** Marks a run as abandoned. Fails, so that the caller retries, when the order was charged concurrently. */
async function markAbandoned(
  { client, tableName }: TableClient,
  orderId: string,
  runId: string,
): Promise<void> {
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
