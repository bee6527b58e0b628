import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { job, table } from 'cdk-trellis/runtime';
import { giveBack } from './release.js';
import type { Reservation } from './reservation.js';

/** An order is paid within seconds; one that waits for somebody to look at it is helped within the hour. */
const ABANDONED_MILLISECONDS = 2 * 60 * 60 * 1000;

/** Gives back what orders have reserved that were never finished. */
export const handler = job(
  { products: table.write, reservations: table.readWrite },
  async (_occasion, { products, reservations }) => {
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
    for await (const { Items = [] } of pages) {
      for (const item of Items) await giveBack({ products, reservations }, item as Reservation);
    }
  },
);
