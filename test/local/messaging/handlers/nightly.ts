import { setTimeout } from 'node:timers/promises';
import { job, table } from 'cdk-trellis/runtime';
import { record } from '../record.js';

/** A job that fails when it is due in 2001, and runs for long when it is due in 2002. */
export const handler = job({ log: table.write }, async ({ scheduledTime }, { log }) => {
  const time = scheduledTime.toISOString();
  await record(log, time < '2010' ? `job ${time}` : 'job of its schedule', { time });
  if (time.startsWith('2001')) throw new Error('This run fails');
  if (time.startsWith('2002')) await setTimeout(1500);
});
