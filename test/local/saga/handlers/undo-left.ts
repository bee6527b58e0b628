import { step, table } from 'cdk-trellis/runtime';
import { Job, Undone, undo } from './job.js';

export const handler = step(
  { input: Job, left: Undone },
  { jobs: table.write },
  ({ input, left }, { jobs }, { failure }) => undo('left', input, left, jobs, failure),
);
