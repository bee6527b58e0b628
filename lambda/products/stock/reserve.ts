import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { handle, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { ReserveRequest, type StockReply } from '../../../contracts/stock.js';
import { forgetAt, type Reservation, refusedWrites, reservationOf } from './reservation.js';

/** Takes the products of an order from the stock: all of them or none, and once however often it is called. */
export const handler = handle(
  { products: table.write, reservations: table.readWrite },
  async (event: z.input<typeof ReserveRequest>, { products, reservations }): Promise<StockReply> => {
    const { orderId, lines } = ReserveRequest.parse(event);
    const reservation: Reservation = {
      orderId,
      lines,
      status: 'reserved',
      reservedAt: new Date().toISOString(),
      open: 'reserved',
      forgetAt: forgetAt(),
    };
    const takes = lines.map(({ productId, quantity }) => ({
      Update: {
        TableName: products.tableName,
        Key: { productId },
        UpdateExpression: 'SET stock = stock - :quantity',
        ConditionExpression: 'stock >= :quantity',
        ExpressionAttributeValues: { ':quantity': quantity },
      },
    }));
    const put = {
      TableName: reservations.tableName,
      Item: reservation,
      ConditionExpression: 'attribute_not_exists(orderId)',
    };
    try {
      await reservations.client.send(new TransactWriteCommand({ TransactItems: [{ Put: put }, ...takes] }));
      return { status: 'done' };
    } catch (error) {
      const refused = refusedWrites(error);
      if (refused.includes(0)) return await repeated(orderId);
      return { status: 'refused', products: refused.map((at) => lines[at - 1]!.productId) };
    }

    /** It was called before, or released before it was ever called. */
    async function repeated(id: string): Promise<StockReply> {
      const known = await reservationOf(reservations, id);
      return known?.status === 'released' ? { status: 'refused', products: [] } : { status: 'done' };
    }
  },
);
