import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { ifNewer, table, worker } from 'cdk-trellis/runtime';
import { OrderChanged } from '../contracts.js';

/** Keeps the newest state of each order. */
export const handler = worker(OrderChanged, { views: table.write }, async (event, { views }) => {
  const { orderId, state } = event.data;
  if (event.sequence === undefined) return;
  const Item = { orderId, state, sequence: event.sequence };
  await ifNewer(event, (condition) =>
    views.client.send(new PutCommand({ TableName: views.tableName, Item, ...condition })),
  );
});
