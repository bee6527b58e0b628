import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { job, logger, table } from 'cdk-trellis/runtime';
import { giveBack } from './release.js';
import { type Reservation, reservationOf } from './reservation.js';

/** An order is paid within seconds; one that waits for somebody to look at it is helped within the hour. */
const ABANDONED_MILLISECONDS = 2 * 60 * 60 * 1000;

/** Gives back what orders have reserved that were never finished. One that cannot be given back stops no other. */
export const handler = job(
  { products: table.write, reservations: table.readWrite },
  async (_occasion, { products, reservations }) => {
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
          await giveBack({ products, reservations }, item);
        } catch (error) {
          // The index is a little behind: the order was finished in this moment.
          const now = await reservationOf(reservations, item.orderId).catch(() => item);
          if (now?.status !== 'reserved') continue;
          logger().error('A reservation was not given back', {
            error: error as Error,
            orderId: item.orderId,
          });
          failures.push(error as Error);
        }
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, `${failures.length} reservations could not be given back`);
    }
  },
);
