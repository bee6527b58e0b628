import { randomUUID } from 'node:crypto';
import { handle, type IdempotencyClient, idempotency as once } from 'cdk-trellis/runtime';
import type { FixtureStack } from '../fixtures.js';
import { type Probes, probing } from '../probing.js';

export const probes = (client: IdempotencyClient): Probes => {
  // That the end of work could not be noted is logged, not thrown: a repetition finds the work still in progress.
  const repeated = async (first: () => Promise<string>, expected: string) => {
    const key = randomUUID();
    await client.run(key, first).catch((error: Error) => {
      if (!(error instanceof RangeError)) throw error;
    });
    const again = await client.run(key, async () => 'again').catch(({ name }: Error) => name);
    if (again !== expected) throw new Error(`not authorized to note the end of the work: ${again}`);
  };
  const failing = async () => {
    throw new RangeError('as meant');
  };
  return {
    'dynamodb:PutItem+dynamodb:UpdateItem': () => repeated(async () => 'done', 'done'),
    'dynamodb:PutItem+dynamodb:DeleteItem': () => repeated(failing, 'again'),
  };
};

export const idempotency = handle({ it: once() }, probing(probes));

export const resource = ({ trellis, stack }: FixtureStack) => trellis.IdempotencyTable.of(stack);
