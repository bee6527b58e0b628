import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { defineEvent } from 'cdk-trellis/contract';
import { consume, type Delivery, queue, worker } from 'cdk-trellis/runtime';
import { lambdaContext, publishedEvent, sqsEvent } from 'cdk-trellis/testing';
import * as z from 'zod';

const Task = z.object({ n: z.int(), hang: z.boolean().default(false) });
const Placed = defineEvent('Placed', z.object({ id: z.string() }), { version: 1 });
const soon = () => lambdaContext({ remainingMilliseconds: 200 });
const tasks = (...bodies: object[]) => bodies.map((body, at) => ({ body, messageId: `m-${at + 1}` }));

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  jest.spyOn(console, 'error').mockImplementation((line) => void lines.push(String(line)));
});
afterEach(() => jest.restoreAllMocks());

/** Delivers messages again as SQS does, until they are handled or received as often as they may. */
async function deliver(handler: ReturnType<typeof hanging>, bodies: object[], maxReceiveCount: number) {
  const queued = tasks(...bodies).map((message) => ({ ...message, receiveCount: 0 }));
  const dead: string[] = [];
  let left = queued;
  while (left.length > 0) {
    for (const message of left) message.receiveCount += 1;
    for (const { messageId } of left.filter(({ receiveCount }) => receiveCount > maxReceiveCount)) {
      dead.push(messageId);
    }
    left = left.filter(({ receiveCount }) => receiveCount <= maxReceiveCount);
    if (left.length === 0) break;
    const { batchItemFailures } = await handler(sqsEvent(left), soon());
    left = left.filter(({ messageId }) =>
      batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === messageId),
    );
  }
  return dead;
}

function hanging(seen: number[]) {
  return worker(Task, {}, async ({ n, hang }) => {
    if (hang) await sleep(60_000, undefined, { ref: false });
    seen.push(n);
  }).with({});
}

describe('shortly before the deadline of its function', () => {
  it('a worker reports what is unfinished, so that a message that hangs lands in the dead-letter queue alone', async () => {
    const seen: number[] = [];
    const bodies = [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4, hang: true }];
    expect(await deliver(hanging(seen), bodies, 3)).toEqual(['m-4']);
    expect(seen).toEqual([1, 2, 3]);
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      message: 'The message was not handled',
      messageId: 'm-4',
      error: { name: 'DeadlineError' },
    });
  });

  it('a FIFO worker reports the one that hangs and those behind it, and starts no other', async () => {
    const seen: number[] = [];
    const messages = tasks({ n: 1 }, { n: 2, hang: true }, { n: 3 }, { n: 4 }).map((message, at) => ({
      ...message,
      groupId: at === 3 ? 'other' : 'one',
    }));
    const { batchItemFailures } = await hanging(seen)(sqsEvent(messages, 'jobs.fifo'), soon());
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m-2', 'm-3', 'm-4']);
    expect(seen).toEqual([1]);
  });

  it('a worker aborts the signal of the delivery, and no sooner', async () => {
    const deliveries: Delivery[] = [];
    const handler = worker(Task, {}, async ({ hang }, _clients, delivery) => {
      deliveries.push(delivery);
      if (hang) await sleep(60_000, undefined, { signal: delivery.signal });
    }).with({});
    await handler(sqsEvent(tasks({ n: 1 })), soon());
    expect(deliveries[0]?.signal.aborted).toBe(false);
    await handler(sqsEvent(tasks({ n: 1, hang: true })), soon());
    expect(deliveries[1]?.signal.aborted).toBe(true);
    expect(deliveries[1]?.signal.reason).toMatchObject({ name: 'DeadlineError' });
  });

  it('the calls of what hangs on are refused, since its message will be handled again', async () => {
    let wake = () => {};
    let settle: (outcome: unknown) => void = () => {};
    const outcome = new Promise<unknown>((resolve) => {
      settle = resolve;
    });
    const handler = worker(Task, { out: queue.send }, async (_task, { out }) => {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      const { client, queueUrl } = out;
      await client
        .send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'late' }))
        .then(settle, settle);
    });
    Object.assign(process.env, { AWS_REGION: 'x', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' });
    const out = queue.send.connect('http://127.0.0.1:9/queue');
    expect(out.client).toBeInstanceOf(SQSClient);
    await handler.with({ out })(sqsEvent(tasks({ n: 1 })), soon());
    wake();
    expect(await outcome).toMatchObject({ name: 'DeadlineError' });
  });

  it('a consumer fails with the event in its log line, and not without a word by a timeout', async () => {
    const handler = consume(Placed, {}, async () => sleep(60_000, undefined, { ref: false }));
    const event = publishedEvent(Placed, { id: '1' }, { id: 'e-1' });
    await expect(handler.with({})(event, soon())).rejects.toThrow('before the function');
    expect(lines.join()).toContain('The event was not handled');
  });

  it('no timer is left when all was finished before', async () => {
    jest.useFakeTimers();
    try {
      const seen: number[] = [];
      await hanging(seen)(sqsEvent(tasks({ n: 1 })), lambdaContext({ remainingMilliseconds: 900_000 }));
      expect([seen, jest.getTimerCount()]).toEqual([[1], 0]);
    } finally {
      jest.useRealTimers();
    }
  });
});
