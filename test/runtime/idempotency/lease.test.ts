import {
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { idempotency } from 'cdk-trellis/runtime';
import { invoked } from '../../../lib/runtime/invocation.js';
import { lambdaContext } from '../../../lib/testing/lambda-context.js';

const dynamo = mockClient(DynamoDBClient);
const start = Date.parse('2026-01-01T00:00:00Z');
const client = idempotency().connect('done');

beforeEach(() => {
  dynamo.reset();
  dynamo.onAnyCommand().resolves({});
  jest.useFakeTimers({ now: start });
});
afterEach(() => jest.useRealTimers());

/** Work that ends on request, in an invocation with this much time. */
async function running(remainingMilliseconds?: number) {
  let end!: () => void;
  const work = () =>
    new Promise<void>((resolve) => {
      end = resolve;
    });
  const run = () => client.run('key', work);
  const done =
    remainingMilliseconds === undefined
      ? run()
      : invoked(lambdaContext({ remainingMilliseconds }), undefined, run);
  await jest.advanceTimersByTimeAsync(0);
  return { done, end: () => end() };
}

const firstEnd = () =>
  Number(dynamo.commandCalls(PutItemCommand)[0]!.args[0].input.Item!.in_progress_expiration!.N);
const renewals = () =>
  dynamo
    .commandCalls(UpdateItemCommand)
    .map(({ args: [{ input }] }) => Number(input.ExpressionAttributeValues![':until']?.N))
    .filter((until) => !Number.isNaN(until));

describe('a lease', () => {
  it('lasts for 45 seconds and is renewed every 15, while the work lasts', async () => {
    const { done, end } = await running();
    expect(firstEnd()).toBe(start + 45_000);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(renewals()).toEqual([start + 60_000, start + 75_000]);
    end();
    await done;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(renewals()).toHaveLength(2);
  });

  it('ends a second after the time of its invocation, in which Lambda kills the function', async () => {
    await running(20_000);
    expect(firstEnd()).toBe(start + 21_000);
    await jest.advanceTimersByTimeAsync(60_000);
    // Not after its time, when a thawed environment would go on with what was left over.
    expect(renewals()).toEqual([start + 21_000]);
  });

  it('is renewed by its holder only', async () => {
    const { done, end } = await running();
    await jest.advanceTimersByTimeAsync(15_000);
    const holder = dynamo.commandCalls(PutItemCommand)[0]!.args[0].input.Item!.holder;
    const { ConditionExpression, ExpressionAttributeValues } =
      dynamo.commandCalls(UpdateItemCommand)[0]!.args[0].input;
    expect([ConditionExpression, ExpressionAttributeValues![':holder']]).toEqual([
      'holder = :holder',
      holder,
    ]);
    const lost = Object.assign(new Error('lost'), { name: 'ConditionalCheckFailedException' });
    dynamo.on(UpdateItemCommand).rejects(lost);
    await jest.advanceTimersByTimeAsync(15_000);
    dynamo.on(UpdateItemCommand).resolves({});
    await jest.advanceTimersByTimeAsync(60_000);
    expect(renewals()).toHaveLength(2);
    end();
    await done;
  });

  it('survives a renewal that fails', async () => {
    await running();
    dynamo.on(UpdateItemCommand).rejectsOnce(new Error('throttled')).resolves({});
    await jest.advanceTimersByTimeAsync(30_000);
    expect(renewals()).toHaveLength(2);
  });

  it('is its own when the SDK meets what its lost first attempt has written', async () => {
    dynamo.on(PutItemCommand).callsFake(({ Item }) => {
      throw Object.assign(new Error('exists'), { name: 'ConditionalCheckFailedException', Item });
    });
    expect(await client.run('key', async () => 'done')).toBe('done');
  });
});

describe('work that is done', () => {
  const silent = () => jest.spyOn(console, 'error').mockImplementation();

  it('does not fail when its result cannot be recorded', async () => {
    const logged = silent();
    dynamo.on(UpdateItemCommand).rejects(new Error('the table is gone'));
    expect(await client.run('key', async () => new Date(start))).toEqual(new Date(start));
    expect(String(logged.mock.calls)).toContain('Finished work could not be recorded');
    logged.mockRestore();
  });

  it('throws the error of the work also when its lease cannot be released', async () => {
    const logged = jest.spyOn(console, 'warn').mockImplementation();
    dynamo.on(DeleteItemCommand).rejects(new Error('the table is gone'));
    const fails = client.run('key', async () => {
      throw new RangeError('too far');
    });
    await expect(fails).rejects.toThrow('too far');
    expect(logged).toHaveBeenCalled();
    logged.mockRestore();
  });

  it.each([
    ['', '""'],
    [undefined, 'undefined'],
    [{ id: '1' }, 'object'],
  ])('is not begun with the key %p, by which other work would pass for it', async (key, got) => {
    const work = jest.fn();
    await expect(client.run(key as string, work)).rejects.toThrow(
      `\`key\` must be a string that is not empty, got ${got}`,
    );
    expect(work).not.toHaveBeenCalled();
  });
});

it('work is remembered for a time that must be positive', () => {
  expect(() => idempotency({ expiresAfterSeconds: 0 })).toThrow(
    '`expiresAfterSeconds` must be a positive number, got 0',
  );
});

it('work is remembered in the region of the table that is bound', async () => {
  jest.useRealTimers();
  process.env.AWS_REGION = 'eu-west-1';
  const elsewhere = idempotency().connect('arn:aws:dynamodb:us-west-2:111111111111:table/done');
  await elsewhere.run('key', async () => 'done');
  const { config } = dynamo.calls()[0]!.thisValue as DynamoDBClient;
  expect(await config.region()).toBe('us-west-2');
});
