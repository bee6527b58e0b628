import { step, table } from 'cdk-trellis/runtime';
import { Job, Undone, undo } from './job.js';

export const handler = step(
  { input: Job, pay: Undone },
  { jobs: table.write },
  ({ input, pay }, { jobs }, { failure }) => undo('pay', input, pay, jobs, failure),
);
