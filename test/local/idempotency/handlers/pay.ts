import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { route, table } from 'cdk-trellis/runtime';
import { payments } from '../contract.js';

/** Writes down each run. The first run of `cut off` hangs until the function's timeout, that of `crash` ends the process. */
export const handler = route(payments.pay, { log: table.readWrite }, async ({ body }, { log }) => {
  const { what, milliseconds } = body;
  const run = randomUUID();
  const first = log.client.send(
    new PutCommand({
      TableName: log.tableName,
      Item: { what, run: 'first' },
      ConditionExpression: 'attribute_not_exists(what)',
    }),
  );
  const isFirst = await first.then(
    () => true,
    () => false,
  );
  if (!isFirst) await log.client.send(new PutCommand({ TableName: log.tableName, Item: { what, run } }));
  if (isFirst && what === 'cut off') await sleep(60_000);
  if (isFirst && what === 'crash') process.exit(1);
  await sleep(milliseconds);
  return { status: 201, body: { paid: run }, headers: { location: `/payments/${run}` } };
});
