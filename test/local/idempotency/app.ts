// An API whose operation runs once for a key, however it is called and wherever it is cut off.
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib/core';
import { Api, DataTable } from 'cdk-trellis';
import { payments } from './contract.js';

const stack = new Stack(new App(), 'Idempotency');
const log = new DataTable(stack, 'Log', { partitionKey: 'what', sortKey: 'run' });
new Api(stack, 'Api', {
  contract: payments,
  authorizers: { callers: { handler: () => import('./handlers/callers.js') } },
  bind: { log },
  functions: { timeout: Duration.seconds(5) },
  routes: { pay: () => import('./handlers/pay.js') },
});
new CfnOutput(stack, 'LogName', { value: log.table.tableName });
