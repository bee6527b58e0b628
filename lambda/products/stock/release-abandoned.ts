import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { job, logger, table } from 'cdk-trellis/runtime';
import { releaseReservation } from './release.js';
import { type Reservation, reservationOf } from './reservation.js';

/** Age after which a reservation is abandoned: payment takes seconds, a manual redrive at most an hour. */
const ABANDONED_MILLISECONDS = 2 * 60 * 60 * 1000;

/** Releases the reservations of unfinished orders. A failed release does not stop the others. */
export const handler = job(
  { products: table.write, reservations: table.readWrite },
  async (_event, { products, reservations }) => {
    const { client, tableName } = reservations;
    const failures: Error[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        IndexName: 'open',
        KeyConditionExpression: '#open = :reserved AND reservedAt < :abandoned',
        ExpressionAttributeNames: { '#open': 'open' },
        ExpressionAttributeValues: {
          ':reserved': 'reserved',
          ':abandoned': new Date(Date.now() - ABANDONED_MILLISECONDS).toISOString(),
        },
      },
    );
    for await (const { Items = [] } of pages) {
      for (const item of Items as Reservation[]) {
        try {
          await releaseReservation({ products, reservations }, item);
        } catch (error) {
          // The index is eventually consistent: the order may have been finished concurrently.
          const current = await reservationOf(reservations, item.orderId).catch(() => item);
          if (current?.status !== 'reserved') continue;
          logger().error('A reservation was not released', {
            error: error as Error,
            orderId: item.orderId,
          });
          failures.push(error as Error);
        }
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, `${failures.length} reservations could not be released`);
    }
  },
);
