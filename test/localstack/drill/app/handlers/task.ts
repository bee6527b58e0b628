import { table, worker } from 'cdk-trellis/runtime';
import { record } from '../../../../local/messaging/record.js';
import { Task } from '../contract.js';

export const handler = worker(Task, { log: table.write }, async ({ name, fails }, { log }) => {
  await record(log, `task ${name}`, {});
  if (fails) throw new Error(`${name} fails`);
});
