import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { handle, type SagaOutcome, table } from 'cdk-trellis/runtime';
import { act, Job } from './job.js';

export const handler = handle(
  { jobs: table.write },
  async (outcome: SagaOutcome<{ input: unknown }, 'no'>, { jobs }) => {
    const job = Job.safeParse(outcome.context.input);
    if (job.success) await act('notify', job.data, jobs);
    const id = `outcome of ${outcome.execution.name}`;
    await jobs.client.send(new PutCommand({ TableName: jobs.tableName, Item: { id, outcome } }));
  },
);
