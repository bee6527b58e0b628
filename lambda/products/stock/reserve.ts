import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { handle, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { ReserveRequest, type StockResponse } from '../../../contracts/stock.js';
import { failedConditions, forgetAt, isOwnedBy, type Reservation, reservationOf } from './reservation.js';

/** Reserves the products of an order in the stock: all of them or none. Idempotent. */
export const handler = handle(
  { products: table.write, reservations: table.readWrite },
  async (event: z.input<typeof ReserveRequest>, { products, reservations }): Promise<StockResponse> => {
    const { orderId, lines, runId } = ReserveRequest.parse(event);
    const run = runId ?? orderId;
    const reservation: Omit<Reservation, 'orderId'> = {
      lines,
      status: 'reserved',
      reservedAt: new Date().toISOString(),
      open: 'reserved',
      forgetAt: forgetAt(),
      ...(runId && { runId }),
    };
    const names = Object.keys(reservation);
    const decrements = lines.map(({ productId, quantity }) => ({
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
      Key: { orderId },
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: 'attribute_not_exists(#status) AND NOT contains(abandoned, :run)',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(reservation).map(([name, value]) => [`:${name}`, value])),
        ':run': run,
      },
    };
    try {
      await reservations.client.send(
        new TransactWriteCommand({ TransactItems: [{ Update: put }, ...decrements] }),
      );
      return { status: 'done' };
    } catch (error) {
      const failed = failedConditions(error);
      if (failed.includes(0)) return await existingResponse();
      return { status: 'refused', products: failed.map((index) => lines[index - 1]!.productId) };
    }

    /** Response when the item exists: this run reserved or was undone before, or another run was first. */
    async function existingResponse(): Promise<StockResponse> {
      const existing = await reservationOf(reservations, orderId);
      if (existing?.status !== undefined && !isOwnedBy(existing, run)) return { status: 'duplicate' };
      const isDone = existing?.status === 'reserved' || existing?.status === 'sold';
      return isDone ? { status: 'done' } : { status: 'refused', products: [] };
    }
  },
);
