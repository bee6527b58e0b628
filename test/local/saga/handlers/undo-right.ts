import { step, table } from 'cdk-trellis/runtime';
import { Job, Undone, undo } from './job.js';

export const handler = step(
  { input: Job, right: Undone },
  { jobs: table.write },
  ({ input, right }, { jobs }, { failure }) => undo('right', input, right, jobs, failure),
);
