import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { handle, outbox, table } from 'cdk-trellis/runtime';
import { OrderChanged } from '../contracts.js';

/** Writes an order in each of its states, one after the other, and at last an invalid event. */
export const handler = handle(
  { orders: table.write },
  async ({ orderId, states }: { orderId: string; states: string[] }, { orders }) => {
    for (const [at, state] of states.entries()) {
      const version = at + 1;
      const Item = {
        orderId,
        state,
        version,
        ...outbox(OrderChanged, { orderId, state }, { sequence: version }),
      };
      await orders.client.send(new PutCommand({ TableName: orders.tableName, Item }));
    }
    await orders.client.send(
      new UpdateCommand({
        TableName: orders.tableName,
        Key: { orderId },
        UpdateExpression: 'SET note = :note',
        ExpressionAttributeValues: { ':note': 'seen' },
      }),
    );
  },
);
