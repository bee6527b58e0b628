import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { handle, idempotency, table, text } from 'cdk-trellis/runtime';
import { fakes, lambdaContext, runHandler } from 'cdk-trellis/testing';
import { handler } from './fixtures/place.js';

const notified: string[] = [];
const own = {
  greet: ({ name }: { name: string }) => `Hi ${name}`,
  notify: ({ name }: { name: string }) => void notified.push(name),
  apiKey: 'hush',
  rate: '7',
  stage: 'beta',
  limit: 3,
};

describe('fakes', () => {
  it('replace all needs of a handler', async () => {
    const bind = fakes(handler, own);
    bind.orders.mock.on(PutCommand).resolves({});
    bind.work.mock.on(SendMessageCommand).resolves({ MessageId: 'm-1' });
    expect(await runHandler(handler, { event: { orderId: 'o-1' }, bind })).toEqual({
      MessageId: 'm-1',
      greeting: 'Hi Ann',
      apiKey: 'hush',
      rate: '7',
      stage: 'beta',
      limit: 3,
      time: '1970-01-01T00:00:00.000Z',
      remaining: 10_000,
    });
    expect(notified).toEqual(['Bob']);
    const puts = bind.orders.mock.commandCalls(PutCommand);
    expect(puts.map(({ args }) => args[0].input.TableName)).toEqual(['orders', 'lines']);
    expect(bind.work.mock.commandCalls(SendMessageCommand)[0]?.args[0].input.QueueUrl).toBe('work');
    expect([bind.byDay.tableName, bind.byDay.indexName]).toEqual(['byDay', 'byDay']);
  });

  it('fail with the name of a command without a mocked response', async () => {
    const bind = fakes(handler, own);
    await expect(runHandler(handler, { event: { orderId: 'o-1' }, bind })).rejects.toThrow(
      'No response is mocked for PutCommand. Add `mock.on(PutCommand).resolves({ ... })`.',
    );
  });

  it('are reset with each call', async () => {
    const before = fakes(handler, own);
    before.orders.mock.on(PutCommand).resolves({});
    await before.orders.client.send(new PutCommand({ TableName: 'orders', Item: {} }));
    const after = fakes(handler, own);
    expect(after.orders.mock.calls()).toEqual([]);
    await expect(after.orders.client.send(new PutCommand({ TableName: 'orders', Item: {} }))).rejects.toThrow(
      'No response is mocked',
    );
  });

  it('reject commands without a mocked response after a reset, too, and are shared by all handlers', async () => {
    const bind = fakes(handler, own);
    const reader = handle({ things: table.read }, async () => 1);
    const other = fakes(reader);
    bind.orders.mock.onAnyCommand().resolves({});
    other.things.mock.reset();
    await expect(bind.orders.client.send(new PutCommand({ TableName: 'orders', Item: {} }))).rejects.toThrow(
      'No response is mocked',
    );
    expect(other.things.mock).toBe(bind.orders.mock);
  });

  it('return the results of idempotent work in their stored form', async () => {
    const careful = handle({ once: idempotency() }, async () => undefined);
    const { once } = fakes(careful);
    class Money {
      constructor(readonly amount: number) {}
    }
    const result = { at: new Date(0), tags: new Map([['a', 1]]), none: undefined, price: new Money(3) };
    expect(await once.run('key', async () => result)).toStrictEqual({ ...result, price: { amount: 3 } });
    await expect(once.run('key', async () => [() => 1])).rejects.toThrow(
      'its result was not recorded: `result[0]` is a function, which cannot be recorded',
    );
    await expect(once.run('', async () => 1)).rejects.toThrow('`key` must be a string that is not empty');
  });

  it('may be replaced', async () => {
    const done: string[] = [];
    const once = {
      tableName: 'done',
      run: async (key: string, work: () => Promise<unknown>) => {
        done.push(key);
        return work() as never;
      },
    };
    const bind = fakes(handler, { ...own, once });
    bind.orders.mock.onAnyCommand().resolves({});
    bind.work.mock.onAnyCommand().resolves({});
    await runHandler(handler, { event: { orderId: 'o-1' }, bind });
    expect(done).toEqual(['o-1']);
  });

  it('have no default for some kinds, and reject unknown names', () => {
    const untyped = fakes as (handler: unknown, overrides?: object) => unknown;
    expect(() => untyped(handler, { stage: 'beta', colour: 'red' })).toThrow(
      /colour is not a need of the handler\ngreet is required: needs of the kind invoke have no default fake\nnotify .*\napiKey .* kind secret .*\nrate .* kind parameter .*\nlimit .* kind number .*\nCall `fakes\(handler, \{ orders, lines/,
    );
  });

  it('are typed', () => {
    const checks = () => {
      // @ts-expect-error a text is missing
      fakes(handler, { ...own, stage: undefined });
      // @ts-expect-error overrides are missing
      fakes(handler);
      // @ts-expect-error an implementation with another result
      fakes(handler, { ...own, greet: () => 3 });
      // @ts-expect-error a text has no mock
      fakes(handler, own).stage.mock;
      const { byDay } = fakes(handler, own);
      byDay.indexName satisfies 'byDay';
      byDay.mock.on(QueryCommand).resolves({ Items: [] });
      const reader = handle({ orders: table.read }, async () => 1);
      fakes(reader).orders.mock.calls();
    };
    expect(checks).toBeDefined();
  });
});

describe('runHandler', () => {
  const stage = handle({ stage: text() }, async (event: { at: unknown; none?: string }, bound, context) => ({
    ...event,
    stage: bound.stage,
    fn: context.functionName,
  }));

  it('converts the event and the result to JSON', async () => {
    const event = { at: new Date(0), none: undefined };
    expect(await runHandler(stage, { event, bind: { stage: 'beta' } })).toStrictEqual({
      at: '1970-01-01T00:00:00.000Z',
      stage: 'beta',
      fn: 'test',
    });
    expect(await runHandler(async () => undefined, { event: {} })).toBeNull();
  });

  it('rejects values that are not JSON', async () => {
    await expect(runHandler(async () => 1n, { event: {} })).rejects.toThrow(
      /^The result must be JSON, as Lambda sends it: .*BigInt/,
    );
    const circle: { self?: object } = {};
    circle.self = circle;
    await expect(runHandler(async (_event: object) => 1, { event: circle })).rejects.toThrow(
      /^The event must be JSON/,
    );
  });

  it('passes the context', async () => {
    const context = lambdaContext({ functionName: 'place' });
    const result = await runHandler(stage, { event: { at: 1 }, bind: { stage: 'beta' }, context });
    expect(result.fn).toBe('place');
  });

  it('reports missing needs', async () => {
    const untyped = runHandler as (handler: unknown, run: object) => Promise<unknown>;
    await expect(untyped(handler, { event: {}, bind: { orders: {}, order: {} } })).rejects.toThrow(
      /^`bind` must have lines\n(.|\n)*`bind` must have limit\nThe handler needs orders, lines, byDay/,
    );
  });

  it('rejects `bind` for a handler without needs', async () => {
    const untyped = runHandler as (handler: unknown, run: object) => Promise<unknown>;
    await expect(untyped(async () => 1, { event: {}, bind: { orders: {} } })).rejects.toThrow(
      '`bind` was given, but the handler has no needs (or a middleware hides them).',
    );
  });

  it('is typed', () => {
    const checks = () => {
      // @ts-expect-error a need is missing
      runHandler(stage, { event: { at: 1 }, bind: {} });
      // @ts-expect-error needs are missing
      runHandler(stage, { event: { at: 1 } });
      // @ts-expect-error an event of another shape
      runHandler(stage, { event: { when: 1 }, bind: { stage: 'beta' } });
      // @ts-expect-error the handler has no needs
      runHandler(async () => 1, { event: {}, bind: { stage: 'beta' } });
      runHandler(
        handle({}, async () => 1),
        { event: {} },
      );
    };
    expect(checks).toBeDefined();
  });
});

describe('lambdaContext', () => {
  it('has the properties of a function', () => {
    const context = lambdaContext({ functionName: 'place', remainingMilliseconds: 500, awsRequestId: 'r-1' });
    expect(context).toMatchObject({
      functionName: 'place',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:place',
      logGroupName: '/aws/lambda/place',
      memoryLimitInMB: '256',
      awsRequestId: 'r-1',
    });
    expect(context.getRemainingTimeInMillis()).toBe(500);
    expect(() => context.done()).toThrow('The context of Node.js 24 has no callbacks');
  });
});
