import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { step, table } from 'cdk-trellis/runtime';
import * as z from 'zod';
import { act, Job } from './job.js';

export const handler = step(
  { input: Job, taskToken: z.string() },
  { jobs: table.write },
  async ({ input, taskToken }, { jobs }) => {
    await act('ask', input, jobs);
    const Item = { id: `token of ${input.id}`, taskToken };
    await jobs.client.send(new PutCommand({ TableName: jobs.tableName, Item }));
  },
);
