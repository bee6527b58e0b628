import { job, table } from 'cdk-trellis/runtime';
import { record } from '../../../../local/messaging/record.js';

export const handler = job({ log: table.write }, async ({ scheduledTime }, { log }) => {
  await record(log, 'every minute', { scheduledTime: String(scheduledTime) });
});
