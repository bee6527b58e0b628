import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { handle, type TableClient, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { ReleaseRequest, type StockResponse } from '../../../contracts/stock.js';
import { forgetAt, isOwn, type Reservation, refusedWrites, reservationOf } from './reservation.js';

/**
 * Gives the products that a run has reserved for an order back to the stock, once however often it is called. The
 * reservation of another run stays. A run that has reserved nothing is marked, so that a reservation of it which is
 * still on its way comes too late.
 */
export const handler = handle(
  { products: table.write, reservations: table.readWrite },
  async (event: z.input<typeof ReleaseRequest>, clients): Promise<StockResponse> => {
    const { orderId, runId = orderId } = ReleaseRequest.parse(event);
    const reservation = await reservationOf(clients.reservations, orderId);
    if (reservation?.status === undefined) await prevent(clients.reservations, orderId, runId);
    else if (reservation.status !== 'released' && isOwn(reservation, runId)) {
      await giveBack(clients, reservation);
    }
    return { status: 'done' };
  },
);

/** Fails, to be called again, when the reservation was made in this moment. */
async function prevent({ client, tableName }: TableClient, orderId: string, runId: string): Promise<void> {
  await client.send(
    new UpdateCommand({
      TableName: tableName,
      Key: { orderId },
      UpdateExpression: 'SET forgetAt = :forgetAt ADD abandoned :runs',
      ConditionExpression: 'attribute_not_exists(#status)',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':forgetAt': forgetAt(), ':runs': new Set([runId]) },
    }),
  );
}

/** Gives a reservation's products back, unless another call was faster. A product that was removed has no stock any more. */
export async function giveBack(
  { products, reservations }: { products: TableClient; reservations: TableClient },
  reservation: Reservation,
): Promise<void> {
  const { orderId, status, lines } = reservation;
  const close = {
    TableName: reservations.tableName,
    Key: { orderId },
    UpdateExpression: 'SET #status = :released REMOVE #open',
    ConditionExpression: '#status = :known',
    ExpressionAttributeNames: { '#status': 'status', '#open': 'open' },
    ExpressionAttributeValues: { ':released': 'released', ':known': status },
  };
  const gives = lines.map(({ productId, quantity }) => ({
    Update: {
      TableName: products.tableName,
      Key: { productId },
      UpdateExpression: 'SET stock = stock + :quantity',
      ConditionExpression: 'attribute_exists(productId)',
      ExpressionAttributeValues: { ':quantity': quantity },
    },
  }));
  try {
    await reservations.client.send(
      new TransactWriteCommand({ TransactItems: [{ Update: close }, ...gives] }),
    );
  } catch (error) {
    const refused = refusedWrites(error);
    if (!refused.includes(0)) {
      const left = lines.filter((_, at) => !refused.includes(at + 1));
      return giveBack({ products, reservations }, { ...reservation, lines: left });
    }
    const now = await reservationOf(reservations, orderId);
    if (now?.status !== 'released') throw error;
  }
}
