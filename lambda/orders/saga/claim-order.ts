import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { TableClient } from 'cdk-trellis/runtime';
import type { OrderItem } from '../order-item.js';

/**
 * Makes a run the owner of an order. The first run wins: the order's event may be published twice, or be replayed.
 *
 * @returns false when another run owns the order, or the order is finished or does not exist
 */
export async function claimOrder(
  { client, tableName }: TableClient,
  { customerId, orderId }: Pick<OrderItem, 'customerId' | 'orderId'>,
  runId: string,
): Promise<boolean> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { customerId, orderId },
        UpdateExpression: 'SET runId = :runId',
        ConditionExpression: '#status = :placed AND (attribute_not_exists(runId) OR runId = :runId)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':placed': 'PLACED', ':runId': runId },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
