import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { refused, type SagaFailure, type TableClient } from 'cdk-trellis/runtime';
import * as z from 'zod';

/** Input of a saga: `script` specifies the behaviour of its steps. */
export const Job = z.object({
  id: z.string().min(1),
  kind: z.string().optional(),
  script: z.record(z.string(), z.string()).default({}),
});
export type Job = z.output<typeof Job>;

export const Approval = z.object({ by: z.string(), isApproved: z.boolean() });

/** The result of a step that is undone, when it has one. */
export const Undone = z.object({ by: z.string(), list: z.array(z.string()) }).optional();

/** Undoes a step, and notes the result and the failure that it received. */
export async function undo(
  name: string,
  job: Job,
  result: z.output<typeof Undone>,
  jobs: TableClient,
  failure: SagaFailure | undefined,
): Promise<void> {
  const outcome = await act(`undo ${name}`, job, jobs);
  if ('sagaFailure' in outcome) throw new Error('An undo does not refuse');
  await note(
    jobs,
    job.id,
    `undone ${name}: ${result?.by ?? 'no result'}, ${failure?.step} ${failure?.reason.kind}`,
  );
}

/** Notes an action of a saga, then behaves as the script specifies. */
export async function act(action: string, { id, script }: Job, jobs: TableClient) {
  const log = await note(jobs, id, action);
  switch (script[action]) {
    case 'refuse':
      return refused('no', `${action} is refused`);
    case 'fail':
      throw new RangeError(`${action} is broken`);
    case 'fail once':
      if (log.filter((entry) => entry === action).length === 1) throw new RangeError(`${action} is broken`);
      break;
    case 'fail until repaired':
      if (!log.includes('repaired')) throw new RangeError(`${action} is broken`);
      break;
    case 'hang':
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      break;
    case 'be half as large':
      return { by: action, list: ['x'.repeat(150_000)] };
    case 'be large':
      return { by: action, list: ['x'.repeat(260_000)] };
  }
  return { by: action, list: ['one'], empty: [], nothing: null };
}

/** Notes something about a job, and returns all that is noted. */
export async function note(jobs: TableClient, id: string, entry: string): Promise<string[]> {
  const { Attributes } = await jobs.client.send(
    new UpdateCommand({
      TableName: jobs.tableName,
      Key: { id },
      UpdateExpression: 'SET #log = list_append(if_not_exists(#log, :empty), :entry)',
      ExpressionAttributeNames: { '#log': 'log' },
      ExpressionAttributeValues: { ':empty': [], ':entry': [entry] },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return Attributes?.log;
}

/** Returns all notes on a job. */
export async function notes(jobs: TableClient, id: string): Promise<string[]> {
  const { Item } = await jobs.client.send(
    new GetCommand({ TableName: jobs.tableName, Key: { id }, ConsistentRead: true }),
  );
  return Item?.log ?? [];
}
