import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { handle, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { ReserveRequest, type StockResponse } from '../../../contracts/stock.js';
import { forgetAt, isOwn, type Reservation, refusedWrites, reservationOf } from './reservation.js';

/** Takes the products of an order from the stock: all of them or none, and once however often it is called. */
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
        new TransactWriteCommand({ TransactItems: [{ Update: put }, ...takes] }),
      );
      return { status: 'done' };
    } catch (error) {
      const refused = refusedWrites(error);
      if (refused.includes(0)) return await repeated();
      return { status: 'refused', products: refused.map((at) => lines[at - 1]!.productId) };
    }

    /** This run has reserved before, or was undone before it came here; or another run was first. */
    async function repeated(): Promise<StockResponse> {
      const known = await reservationOf(reservations, orderId);
      if (known?.status !== undefined && !isOwn(known, run)) return { status: 'duplicate' };
      const isDone = known?.status === 'reserved' || known?.status === 'sold';
      return isDone ? { status: 'done' } : { status: 'refused', products: [] };
    }
  },
);
