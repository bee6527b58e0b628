import { step, table } from 'cdk-trellis/runtime';
import { act, Job } from './job.js';

export const handler = step({ input: Job }, { jobs: table.write }, ({ input }, { jobs }) =>
  act('left', input, jobs),
);
