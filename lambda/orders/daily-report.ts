import { PutObjectCommand } from '@aws-sdk/client-s3';
import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { bucket, job, table } from 'cdk-trellis/runtime';
import type { OrderItem } from './order-item.js';

interface Sales {
  orders: number;
  refused: number;
  /** Totals of the confirmed orders by currency, in its smallest unit. */
  readonly revenue: Record<string, number>;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Writes the sales of the previous day. The key depends on the day only: a second run replaces the first. */
export const handler = job(
  { orders: table.index('byDay').read, reports: bucket.write },
  async ({ scheduledTime }, { orders, reports }) => {
    const day = new Date(scheduledTime.getTime() - DAY_MILLISECONDS).toISOString().slice(0, 10);
    const sales: Sales = { orders: 0, refused: 0, revenue: {} };
    const pages = paginateQuery(
      { client: orders.client },
      {
        TableName: orders.tableName,
        IndexName: orders.indexName,
        KeyConditionExpression: '#day = :day',
        ExpressionAttributeNames: { '#day': 'day' },
        ExpressionAttributeValues: { ':day': day },
      },
    );
    for await (const { Items = [] } of pages) for (const item of Items) addOrder(sales, item as OrderItem);
    await reports.client.send(
      new PutObjectCommand({
        Bucket: reports.bucketName,
        Key: `sales/${day}.json`,
        Body: JSON.stringify({ day, ...sales }),
        ContentType: 'application/json',
      }),
    );
  },
);

function addOrder(sales: Sales, { status, total }: OrderItem): void {
  sales.orders += 1;
  if (status === 'REFUSED') sales.refused += 1;
  if (status !== 'CONFIRMED') return;
  sales.revenue[total.currency] = (sales.revenue[total.currency] ?? 0) + total.amount;
}
