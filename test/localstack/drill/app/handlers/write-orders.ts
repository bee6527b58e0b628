import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { handle, outbox, table } from 'cdk-trellis/runtime';
import { OrderChanged } from '../contract.js';

/** Writes orders together, so that their changes come in one batch. */
export const handler = handle(
  { orders: table.write },
  async ({ orderIds }: { orderIds: string[] }, { orders }) => {
    const requests = orderIds.map((orderId) => ({
      PutRequest: {
        Item: { orderId, ...outbox(OrderChanged, { orderId, state: 'placed' }, { sequence: 1 }) },
      },
    }));
    await orders.client.send(new BatchWriteCommand({ RequestItems: { [orders.tableName]: requests } }));
  },
);
