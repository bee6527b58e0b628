import { step, table } from 'cdk-trellis/runtime';
import { Job, notes } from './job.js';

export const handler = step({ input: Job }, { jobs: table.read }, async ({ input }, { jobs }) => {
  if (input.script.cancelling === 'fail') throw new RangeError('the check is broken');
  return (await notes(jobs, input.id)).includes('cancelled');
});
