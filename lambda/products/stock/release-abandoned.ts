import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { handle, table } from 'cdk-trellis/runtime';
import { giveBack } from './release.js';
import type { Reservation } from './reservation.js';

/** An order is paid within seconds; one that waits for somebody to look at it is helped within the hour. */
const ABANDONED_MILLISECONDS = 2 * 60 * 60 * 1000;

/** Gives back what orders have reserved that were never finished. */
export const handler = handle(
  { products: table.write, reservations: table.readWrite },
  async (_event: unknown, { products, reservations }): Promise<{ released: number }> => {
    const { client, tableName } = reservations;
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
    let released = 0;
    for await (const { Items = [] } of pages) {
      for (const reservation of Items as Reservation[]) {
        await giveBack({ products, reservations }, reservation);
        released += 1;
      }
    }
    return { released };
  },
);
