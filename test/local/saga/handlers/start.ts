import { handle, saga } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { Job } from './job.js';

export const handler = handle(
  { steps: saga(Job).start },
  async ({ name, job }: { readonly name: string; readonly job: z.input<typeof Job> }, { steps }) =>
    steps.start(name, job),
);
