import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { handle, type TableClient, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { ReleaseRequest, type StockReply } from '../../../contracts/stock.js';
import { forgetAt, type Reservation, refusedWrites, reservationOf } from './reservation.js';

/**
 * Gives the products of an order back to the stock, once however often it is called. An order that has reserved
 * nothing is marked, so that a reservation which is still on its way comes too late.
 */
export const handler = handle(
  { products: table.write, reservations: table.readWrite },
  async (event: z.input<typeof ReleaseRequest>, clients): Promise<StockReply> => {
    const { orderId } = ReleaseRequest.parse(event);
    const reservation = await reservationOf(clients.reservations, orderId);
    if (!reservation) await prevent(clients.reservations, orderId);
    else if (reservation.status !== 'released') await giveBack(clients, reservation);
    return { status: 'done' };
  },
);

/** Fails, to be called again, when the reservation was made in this moment. */
async function prevent({ client, tableName }: TableClient, orderId: string): Promise<void> {
  const mark: Reservation = {
    orderId,
    lines: [],
    status: 'released',
    reservedAt: new Date().toISOString(),
    forgetAt: forgetAt(),
  };
  await client.send(
    new PutCommand({
      TableName: tableName,
      Item: mark,
      ConditionExpression: 'attribute_not_exists(orderId)',
    }),
  );
}

/** Gives a reservation's products back, unless another call was faster. */
export async function giveBack(
  { products, reservations }: { products: TableClient; reservations: TableClient },
  { orderId, status, lines }: Reservation,
): Promise<void> {
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
    if (!refusedWrites(error).includes(0)) throw error;
    const now = await reservationOf(reservations, orderId);
    if (now?.status !== 'released') throw error;
  }
}
