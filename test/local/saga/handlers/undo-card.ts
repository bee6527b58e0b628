import { step, table } from 'cdk-trellis/runtime';
import { Job, Undone, undo } from './job.js';

export const handler = step(
  { input: Job, card: Undone },
  { jobs: table.write },
  ({ input, card }, { jobs }, { failure }) => undo('card', input, card, jobs, failure),
);
