import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { refused, step, table } from 'cdk-trellis/runtime';
import { OrderInput } from './order-input.js';

/**
 * Makes this run the owner of the order. The first run wins: the order's event may be published twice, or be replayed.
 * Refuses when another run owns the order, or the order is finished or does not exist.
 */
export const handler = step(
  { input: OrderInput },
  { orders: table.write },
  async ({ input: { customerId, orderId } }, { orders }, { execution: { runId } }) => {
    try {
      await orders.client.send(
        new UpdateCommand({
          TableName: orders.tableName,
          Key: { customerId, orderId },
          UpdateExpression: 'SET runId = :runId',
          ConditionExpression: '#status = :placed AND (attribute_not_exists(runId) OR runId = :runId)',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':placed': 'PLACED', ':runId': runId },
        }),
      );
      return { claimed: true };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return refused('duplicate');
      throw error;
    }
  },
);
