import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { handle, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { SettleRequest, type StockResponse } from '../../../contracts/stock.js';
import { OWNED_BY_RUN } from './reservation.js';

/** Makes a run's reservation final. Refuses a reservation that was released as abandoned or belongs to another run. */
export const handler = handle(
  { reservations: table.write },
  async (event: z.input<typeof SettleRequest>, { reservations }): Promise<StockResponse> => {
    const { orderId, runId = orderId } = SettleRequest.parse(event);
    try {
      await reservations.client.send(
        new UpdateCommand({
          TableName: reservations.tableName,
          Key: { orderId },
          UpdateExpression: 'SET #status = :sold REMOVE #open',
          ConditionExpression: `#status IN (:reserved, :sold) AND ${OWNED_BY_RUN}`,
          ExpressionAttributeNames: { '#status': 'status', '#open': 'open' },
          ExpressionAttributeValues: { ':sold': 'sold', ':reserved': 'reserved', ':runId': runId },
        }),
      );
      return { status: 'done' };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { status: 'refused', products: [] };
    }
  },
);
