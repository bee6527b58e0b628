import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { defineApi, defineEvent } from 'cdk-trellis/contract';
import { authorizer, consume, handle, job, logger, route, step, trigger, worker } from 'cdk-trellis/runtime';
import { lambdaContext, publishedEvent, sqsEvent, triggerEvent } from 'cdk-trellis/testing';
import * as z from 'zod';

const api = defineApi(
  { name: 'orders', version: '1.0.0' },
  { get: { method: 'GET', path: '/orders/{id}', auth: 'public', responses: { 200: z.object({}) } } },
);
const Placed = defineEvent('Placed', z.object({ id: z.string() }), { version: 1 });
const partners = { authorizer: 'partners' } as const;

/** Behaviour of each handler: the first call leaves keys of every kind behind and fails, the second one logs. */
async function work(id: string): Promise<void> {
  if (id === 'first') {
    logger().appendKeys({ card: '4242' });
    logger().appendPersistentKeys({ customer: 'ann' });
    logger().setLogLevel('CRITICAL');
    await turn();
    throw new Error('the first call fails');
  }
  logger().info('in handler', { id });
}

const context = (id: string) => lambdaContext({ awsRequestId: id });
const request = (id: string) =>
  ({
    httpMethod: 'GET',
    resource: '/orders/{id}',
    path: `/orders/${id}`,
    pathParameters: { id },
    headers: {},
    multiValueHeaders: {},
    requestContext: { requestId: id },
  }) as never;

const CALLS: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
  route: (id) => routed(request(id), context(id)),
  'route, by its tools': (id) => byTools(request(id), context(id)),
  consume: (id) => consumer(publishedEvent(Placed, { id }), context(id)),
  worker: (id) => messages(sqsEvent([{ body: { id } }]), context(id)),
  job: (id) => timed({ scheduledTime: id === 'first' ? '2026-01-01' : '2026-01-02' }, context(id)),
  trigger: (id) => triggered(triggerEvent('preSignUp', { attributes: { email: id } }), context(id)),
  authorizer: (id) =>
    authorizing(
      { type: 'TOKEN', methodArn: 'arn:aws:execute-api:a:1:b/c/GET/d', authorizationToken: id },
      context(id),
    ),
  handle: (id) => plain({ id }, context(id)),
  step: (id) => stepped({ input: { id } }),
};
const routed = route(api.get, {}, async ({ params }) => {
  await work(params.id);
  return { status: 200, body: {} };
}).with({});
const byTools = route(api.get, {}, async ({ params }, _clients, tools) => {
  if (params.id === 'first') tools.logger.appendKeys({ card: '4242', customer: 'ann' });
  else tools.logger.info('in handler', { id: params.id });
  return { status: 200, body: {} };
}).with({});
const consumer = consume(Placed, {}, async ({ data }) => work(data.id)).with({});
const messages = worker(z.object({ id: z.string() }), {}, async ({ id }) => work(id)).with({});
const timed = job({}, async ({ scheduledTime }) =>
  work(scheduledTime.getUTCDate() === 1 ? 'first' : 'second'),
).with({});
const triggered = trigger('preSignUp', {}, async ({ request: { userAttributes } }) =>
  work(userAttributes.email as string),
).with({});
const authorizing = authorizer(partners, {}, async ({ token }) => {
  await work(token as string);
  return { principalId: 'p', context: {} };
}).with({});
const plain = handle({}, async ({ id }: { id: string }) => work(id)).with({});
const stepped = step({ input: z.object({ id: z.string() }) }, {}, async ({ input }) => work(input.id)).with(
  {},
);

const lines: Record<string, unknown>[] = [];
beforeEach(() => {
  lines.length = 0;
  for (const level of ['info', 'error', 'warn'] as const) {
    jest
      .spyOn(console, level)
      .mockImplementation((...args: unknown[]) => void lines.push(JSON.parse(String(args[0]))));
  }
});
afterEach(() => jest.restoreAllMocks());

describe('a warm environment', () => {
  it.each(Object.keys(CALLS))('keeps no log key of one call for the next: %s', async (wrapper) => {
    const call = CALLS[wrapper]!;
    await call('first').catch(() => {});
    lines.length = 0;
    await call('second');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ message: 'in handler', level: 'INFO' });
    expect(lines[0]).not.toHaveProperty('card');
    expect(lines[0]).not.toHaveProperty('customer');
  });

  it('keeps the log keys of messages apart that are handled at the same time', async () => {
    const slow = worker(z.object({ n: z.int() }), {}, async ({ n }) => {
      logger().appendKeys({ [`key${n}`]: n });
      await turn();
      logger().info('in handler', { n });
      if (n === 2) throw new Error('fails');
    });
    await slow.with({})(sqsEvent([1, 2, 3].map((n) => ({ body: { n }, messageId: `m-${n}` }))));
    const keys = lines.map((line) => [
      line.message,
      line.n,
      line.correlation_id,
      Object.keys(line).filter((key) => /^key\d$/.test(key)),
    ]);
    expect(keys).toHaveLength(4);
    expect(keys).toEqual(
      expect.arrayContaining([
        ['in handler', 1, 'm-1', ['key1']],
        ['in handler', 2, 'm-2', ['key2']],
        ['in handler', 3, 'm-3', ['key3']],
        // The line of the library about the failure belongs to the message, too.
        ['The message was not handled', undefined, 'm-2', ['key2']],
      ]),
    );
  });

  it('keeps the log keys of messages of a FIFO group apart', async () => {
    const handler = worker(z.object({ id: z.string() }), {}, async ({ id }) => {
      logger().info('before', { id });
      logger().appendKeys({ customer: id });
    });
    await handler.with({})(sqsEvent([{ body: { id: 'ann' } }, { body: { id: 'bob' } }], 'jobs.fifo'));
    expect(lines.map(({ id, customer }) => [id, customer])).toEqual([
      ['ann', undefined],
      ['bob', undefined],
    ]);
  });

  it('names the correlation id, and the function where no service is named, in the same words everywhere', async () => {
    jest.replaceProperty(process, 'env', { ...process.env, AWS_LAMBDA_FUNCTION_NAME: 'shop-worker' });
    await messages(sqsEvent([{ body: { id: 'second' }, attributes: { correlationId: 'c-1' } }]));
    const event = publishedEvent(Placed, { id: 'second' }, { correlationId: 'c-2' });
    await consumer(event);
    const unknown = { ...event, detail: { ...(event.detail as object), data: null } };
    await expect(consumer(unknown as never)).rejects.toThrow('Placed');
    expect(lines.map(({ message, correlation_id, service }) => [message, correlation_id, service])).toEqual([
      ['in handler', 'c-1', 'shop-worker'],
      ['in handler', 'c-2', 'shop-worker'],
      ['The event was not handled', 'c-2', 'shop-worker'],
    ]);
  });

  it('reports a cold start in each line of the first invocation, and in no later line', async () => {
    await jest.isolateModulesAsync(async () => {
      jest.replaceProperty(process, 'env', {
        ...process.env,
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      });
      const runtime = await import('cdk-trellis/runtime');
      const handler = runtime.worker(z.object({}), {}, async () => {
        runtime.logger().info('once');
        runtime.logger().createChild().info('again');
      });
      const two = sqsEvent([{ body: {} }, { body: {} }]);
      await handler.with({})(two, context('r-1'));
      await handler.with({})(sqsEvent([{ body: {} }]), context('r-2'));
      expect(lines.map(({ cold_start }) => cold_start)).toEqual([true, true, true, true, false, false]);
    });
  });

  it('gives a logger outside of handlers that shares nothing', () => {
    logger().appendKeys({ card: '4242' });
    logger().info('outside');
    expect(lines[0]).not.toHaveProperty('card');
    expect(logger()).toBeInstanceOf(Logger);
  });
});
