import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { table, worker } from 'cdk-trellis/runtime';
import { Order } from '../order.js';

export const handler = worker(Order, { orders: table.write }, async (order, { orders }) => {
  await orders.client.send(new PutCommand({ TableName: orders.tableName, Item: order }));
});
