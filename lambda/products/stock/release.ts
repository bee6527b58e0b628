import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { handle, type TableClient, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { ReleaseRequest, type StockResponse } from '../../../contracts/stock.js';
import { failedConditions, forgetAt, isOwnedBy, type Reservation, reservationOf } from './reservation.js';

/**
 * Returns the products that a run reserved for an order to the stock. Idempotent; a reservation of another run is kept.
 * A run without a reservation is marked as abandoned, so that its delayed reservation is refused.
 */
export const handler = handle(
  { products: table.write, reservations: table.readWrite },
  async (event: z.input<typeof ReleaseRequest>, clients): Promise<StockResponse> => {
    const { orderId, runId = orderId } = ReleaseRequest.parse(event);
    const reservation = await reservationOf(clients.reservations, orderId);
    if (reservation?.status === undefined) await markAbandoned(clients.reservations, orderId, runId);
    else if (reservation.status !== 'released' && isOwnedBy(reservation, runId)) {
      await releaseReservation(clients, reservation);
    }
    return { status: 'done' };
  },
);

/** Marks a run as abandoned. Fails, so that the caller retries, when a reservation was made concurrently. */
async function markAbandoned(
  { client, tableName }: TableClient,
  orderId: string,
  runId: string,
): Promise<void> {
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

/** Returns a reservation's products to the stock, unless another call did so first. Deleted products are skipped. */
export async function releaseReservation(
  { products, reservations }: { products: TableClient; reservations: TableClient },
  reservation: Reservation,
): Promise<void> {
  const { orderId, status, lines } = reservation;
  const close = {
    TableName: reservations.tableName,
    Key: { orderId },
    UpdateExpression: 'SET #status = :released REMOVE #open',
    ConditionExpression: '#status = :current',
    ExpressionAttributeNames: { '#status': 'status', '#open': 'open' },
    ExpressionAttributeValues: { ':released': 'released', ':current': status },
  };
  const increments = lines.map(({ productId, quantity }) => ({
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
      new TransactWriteCommand({ TransactItems: [{ Update: close }, ...increments] }),
    );
  } catch (error) {
    const failed = failedConditions(error);
    if (!failed.includes(0)) {
      const remaining = lines.filter((_, index) => !failed.includes(index + 1));
      return releaseReservation({ products, reservations }, { ...reservation, lines: remaining });
    }
    const current = await reservationOf(reservations, orderId);
    if (current?.status !== 'released') throw error;
  }
}
