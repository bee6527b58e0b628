import { setTimeout as sleep } from 'node:timers/promises';
import { idempotency, table, worker } from 'cdk-trellis/runtime';
import { Task } from '../contracts.js';
import { record } from '../record.js';

export const handler = worker(
  Task,
  { log: table.write, once: idempotency() },
  async ({ name, fails }, { log }, { id, receiveCount, groupId }) => {
    await record(log, `task ${name}`, { id, receiveCount, groupId });
    if (fails === 'hangs') await sleep(60_000);
    if (fails === 'crashes') {
      // The others of the batch are done by then.
      await sleep(700);
      process.exit(1);
    }
    if (fails === 'always' || (fails === 'once' && receiveCount === 1)) throw new Error(`${name} fails`);
  },
);
