import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { consume, idempotency, table } from 'cdk-trellis/runtime';
import { OrderChanged } from '../contracts.js';
import { record } from '../record.js';

export const handler = consume(
  OrderChanged,
  { log: table.readWrite, once: idempotency() },
  async ({ data, id, sequence, correlationId }, { log }) => {
    await record(log, `handled ${data.orderId}`, { id, sequence, correlationId, state: data.state });
    const Key = { what: 'repaired', at: 'now' };
    if (data.state !== 'failing') return;
    const { Item } = await log.client.send(new GetCommand({ TableName: log.tableName, Key }));
    if (!Item) throw new Error('This order fails');
  },
);
