import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import {
  correlated,
  correlationId,
  type Delivery,
  type IdempotencyClient,
  idempotency,
  queue,
  worker,
} from 'cdk-trellis/runtime';
import { publishedEvent, sqsEvent } from 'cdk-trellis/testing';
import * as z from 'zod';
import { Mail, OrderPlaced } from '../../messaging/fixtures/events.js';

const mail = (text: string) => ({ to: 'ann', text });
const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});
/** Messages with the ids 1, 2, 3 ... */
const batch = (...bodies: unknown[]) =>
  sqsEvent(bodies.map((body, at) => ({ body, messageId: String(at + 1) })));

const logged: string[] = [];
beforeEach(() => {
  logged.length = 0;
  jest.spyOn(console, 'error').mockImplementation((line) => void logged.push(String(line)));
});

const seen: string[] = [];
const handler = worker(Mail, {}, async ({ text }) => {
  seen.push(text);
  if (text === 'bad') throw new Error('cannot be sent');
});
beforeEach(() => {
  seen.length = 0;
});

/** An idempotency client that does all work, and records the keys. */
function recordedKeys() {
  const keys: string[] = [];
  const once: IdempotencyClient = {
    tableName: 'done',
    run(key, work) {
      keys.push(key);
      return work() as never;
    },
  };
  return { keys, once };
}

describe('worker', () => {
  it('handles each message, and reports the one that fails', async () => {
    expect(await handler.with({})(batch(mail('a'), mail('bad'), mail('b')))).toEqual(failures('2'));
    expect(seen.sort()).toEqual(['a', 'b', 'bad']);
    expect(logged).toEqual([expect.stringMatching(/"message": ?"cannot be sent"[\s\S]*"messageId": ?"2"/)]);
  });

  it('reports each message, and logs why, when it cannot be connected to what it needs', async () => {
    const unbound = worker(Mail, { mails: queue.send }, async () => undefined);
    expect(await unbound(batch(mail('a'), mail('b')), {} as Context)).toEqual(failures('1', '2'));
    expect(logged).toEqual(Array(2).fill(expect.stringContaining('has no binding for `mails`')));
  });

  it('reports a batch of which all fail message by message', async () => {
    expect(await handler.with({})(batch(mail('bad'), mail('bad')))).toEqual(failures('1', '2'));
  });

  it.each([
    ['is not JSON', '{', 'Message 1 is not JSON'],
    ['is of another shape', { to: 'ann' }, "Message 1 does not match the worker's schema"],
  ])('refuses a message that %s, and no other', async (_, body, reason) => {
    expect(await handler.with({})(batch(body, mail('a')))).toEqual(failures('1'));
    expect(seen).toEqual(['a']);
    expect(logged.join()).toContain(reason);
  });

  it('keeps the order of a group of a FIFO queue, and goes on with the others', async () => {
    const texts = [
      ['x', 'x1'],
      ['x', 'bad'],
      ['y', 'y1'],
      ['x', 'x3'],
      ['y', 'y2'],
    ] as const;
    const messages = texts.map(([groupId, text], at) => ({
      groupId,
      body: mail(text),
      messageId: String(at + 1),
    }));
    expect(await handler.with({})(sqsEvent(messages, 'mails.fifo'))).toEqual(failures('2', '4'));
    expect(seen).toEqual(['x1', 'bad', 'y1', 'y2']);
  });

  it('does not take for a message that S3 has tested its notifications', async () => {
    jest.spyOn(console, 'info').mockImplementation();
    const test = { Service: 'Amazon S3', Event: 's3:TestEvent', Time: '2026-01-01T00:00:00Z', Bucket: 'b' };
    const loose: unknown[] = [];
    const anything = worker(z.looseObject({}), {}, async (message) => void loose.push(message));
    expect(await handler.with({})(batch(test, mail('a')))).toEqual(failures());
    expect(await anything.with({})(batch(test))).toEqual(failures());
    expect([seen, loose]).toEqual([['a'], []]);
    // Another message that contains the word.
    expect(await anything.with({})(batch({ Event: 's3:TestEvent' }))).toEqual(failures());
    expect(loose).toHaveLength(1);
  });

  it('knows the delivery', async () => {
    const deliveries: Delivery[] = [];
    const curious = worker(Mail, {}, async (_mail, _clients, delivery) => void deliveries.push(delivery));
    await curious.with({})(sqsEvent([{ body: mail('a'), messageId: 'm-1', receiveCount: 3 }]));
    expect(deliveries).toMatchObject([{ id: 'm-1', messageId: 'm-1', receiveCount: 3, groupId: undefined }]);
    expect(deliveries[0]?.signal.aborted).toBe(false);
  });

  it('takes events that a rule has sent to its queue', async () => {
    const totals: number[] = [];
    const ofEvents = worker(OrderPlaced, {}, async ({ data }) => void totals.push(data.total));
    const event = publishedEvent(OrderPlaced, { orderId: 'o', total: 5 });
    const unknown = publishedEvent({ ...OrderPlaced, version: 9 }, { orderId: 'o', total: 5 });
    expect(await ofEvents.with({})(batch(event, unknown, 'null'))).toEqual(failures('2', '3'));
    expect(totals).toEqual([5]);
  });

  it('does once what is needed once: by the message, or by the id of the event', async () => {
    const { keys, once } = recordedKeys();
    await worker(Mail, { once: idempotency() }, async () => {}).with({ once })(batch(mail('a')));
    const event = publishedEvent(OrderPlaced, { orderId: 'o', total: 5 }, { id: 'e-1' });
    await worker(OrderPlaced, { once: idempotency() }, async () => {}).with({ once })(batch(event));
    expect(keys).toEqual(['1', 'e-1']);
  });

  it('knows a message that was redriven by the id that its sender gave it', async () => {
    const { keys, once } = recordedKeys();
    const handled = worker(Mail, { once: idempotency() }, async (_mail, _clients, delivery) => {
      expect(delivery.id).toBe('own-1');
    }).with({ once });
    const attributes = { messageId: 'own-1' };
    await handled(sqsEvent([{ body: mail('a'), attributes, messageId: 'before' }]));
    await handled(sqsEvent([{ body: mail('a'), attributes, messageId: 'after' }]));
    expect(keys).toEqual(['own-1', 'own-1']);
  });

  it('makes what it does follow from what the message follows from', async () => {
    const ids: unknown[] = [];
    const follower = worker(Mail, {}, async () => void ids.push(correlationId()));
    const attributes = { correlationId: 'c-1' };
    await follower.with({})(
      sqsEvent([
        { body: mail('a'), attributes },
        { body: mail('b'), messageId: 'm-2' },
      ]),
    );
    expect(ids).toEqual(['c-1', 'm-2']);
  });
});

describe('queue(Message).send', () => {
  const sqs = mockClient(SQSClient);
  const mails = queue(Mail).send.connect('https://sqs/mails');
  const sent = () => sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
  beforeEach(() => {
    sqs.reset();
    sqs.on(SendMessageCommand).resolves({ MessageId: 'm-1' });
  });

  it('sends the message, with what it follows from', async () => {
    const id = await correlated('c-1', () => mails.send(mail('a')));
    expect(id).toEqual({ messageId: 'm-1' });
    expect(sent()).toEqual([
      {
        QueueUrl: 'https://sqs/mails',
        MessageBody: '{"to":"ann","text":"a"}',
        MessageAttributes: {
          messageId: { DataType: 'String', StringValue: expect.stringMatching(/^[\da-f-]{36}$/) },
          correlationId: { DataType: 'String', StringValue: 'c-1' },
        },
      },
    ]);
  });

  it('sends it to a group, later, or once', async () => {
    await mails.send(mail('a'), { groupId: 'ann', deduplicationId: 'd-1', delaySeconds: 5 });
    expect(sent()[0]).toMatchObject({
      MessageGroupId: 'ann',
      MessageDeduplicationId: 'd-1',
      DelaySeconds: 5,
    });
  });

  it('gives each message an id of its own, or the one that it is given', async () => {
    await mails.send(mail('a'));
    await mails.send(mail('a'));
    await mails.send(mail('a'), { id: 'order-7' });
    const ids = sent().map(({ MessageAttributes }) => MessageAttributes?.messageId?.StringValue);
    expect(new Set(ids).size).toBe(3);
    expect(ids[2]).toBe('order-7');
  });

  it('has no deduplication id for a queue that is not FIFO', async () => {
    await mails.send(mail('a'));
    expect(sent()[0]?.MessageDeduplicationId).toBeUndefined();
  });

  it('sends equal messages to a FIFO queue as different ones, unless they are given one id', async () => {
    const fifo = queue(Mail).send.connect('https://sqs/mails.fifo');
    await fifo.send(mail('a'), { groupId: 'ann' });
    await fifo.send(mail('a'), { groupId: 'ann' });
    await fifo.send(mail('a'), { groupId: 'ann', id: 'order-7' });
    await fifo.send(mail('a'), { groupId: 'ann', id: 'order-7', deduplicationId: 'd-1' });
    const [first, second, third, fourth] = sent().map(({ MessageDeduplicationId }) => MessageDeduplicationId);
    expect(first).toMatch(/^[\da-f-]{36}$/);
    expect(second).toMatch(/^[\da-f-]{36}$/);
    expect(second).not.toBe(first);
    expect([third, fourth]).toEqual(['order-7', 'd-1']);
  });

  it('rejects a message of another shape', async () => {
    await expect(mails.send({ to: 'ann' } as never)).rejects.toThrow('expected string');
    expect(sent()).toEqual([]);
  });
});
