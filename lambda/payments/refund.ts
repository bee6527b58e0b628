import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { handle, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { type RefundReply, RefundRequest } from '../../contracts/payments.js';

/**
 * Gives the money of an order back, however often it is asked to. An order that was never charged is marked, so that a
 * charge which is still on its way comes too late.
 */
export const handler = handle(
  { payments: table.write },
  async (event: z.input<typeof RefundRequest>, { payments }): Promise<RefundReply> => {
    const { orderId } = RefundRequest.parse(event);
    await payments.client.send(
      new UpdateCommand({
        TableName: payments.tableName,
        Key: { orderId },
        UpdateExpression: 'SET #status = :refunded',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':refunded': 'refunded' },
      }),
    );
    return { status: 'done' };
  },
);
