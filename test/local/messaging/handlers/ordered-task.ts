import { table, worker } from 'cdk-trellis/runtime';
import { Task } from '../contracts.js';
import { record } from '../record.js';

export const handler = worker(Task, { log: table.write }, async ({ name, fails }, { log }, delivery) => {
  await record(log, `tried ${delivery.groupId}`, { name });
  if (fails === 'always' || (fails === 'once' && delivery.receiveCount === 1))
    throw new Error(`${name} fails`);
  await record(log, `ordered ${delivery.groupId}`, { name });
});
