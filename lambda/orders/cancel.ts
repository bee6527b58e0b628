import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { notFound } from '@storefront/commerce/problems';
import { route, table } from 'cdk-trellis/runtime';
import { ordersApi, TooLateToCancel } from '../../contracts/orders.js';
import type { OrderItem } from './order-item.js';

/** Marks the order as cancelled. Its workflow checks the mark between its steps and undoes the completed ones. */
export const handler = route(
  ordersApi.cancelOrder,
  { orders: table.write },
  async ({ user, params: { orderId } }, { orders }) => {
    try {
      const { Attributes } = await orders.client.send(
        new UpdateCommand({
          TableName: orders.tableName,
          Key: { customerId: user.sub, orderId },
          UpdateExpression: 'SET cancelRequested = :true',
          ConditionExpression: '#status = :placed',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':true': true, ':placed': 'PLACED' },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { status: 202, body: Attributes as OrderItem };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (!error.Item) throw notFound('Order', orderId);
      throw new TooLateToCancel({ detail: `The order is ${error.Item.status?.S?.toLowerCase()}.` });
    }
  },
);
