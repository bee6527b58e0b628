import { step, table } from 'cdk-trellis/runtime';
import { Job, Undone, undo } from './job.js';

export const handler = step(
  { input: Job, reserve: Undone },
  { jobs: table.write },
  ({ input, reserve }, { jobs }, { failure }) => undo('reserve', input, reserve, jobs, failure),
);
