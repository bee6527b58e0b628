import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { outbox } from 'cdk-trellis/runtime';
import { lambdaContext } from 'cdk-trellis/testing';
import { handler } from '../../../lib/runtime/outbox/publisher.js';
import { OrderCancelled } from '../../messaging/fixtures/events.js';

const eventBridge = mockClient(EventBridgeClient);
const sqs = mockClient(SQSClient);
const clients = {
  events: { eventBusName: 'shop', client: new EventBridgeClient({}) },
  refused: { queueUrl: 'https://sqs/failures', client: new SQSClient({}) },
};
const publish = (...Records: object[]) => handler.with(clients)({ Records } as never);

const STREAM = 'arn:aws:dynamodb:eu-west-1:1:table/Orders/stream/2026';
let number = 0;
function change(orderId: string, sequence = 1, before?: object): any {
  number += 1;
  const { event } = outbox(OrderCancelled, { orderId }, { sequence });
  return {
    eventName: before ? 'MODIFY' : 'INSERT',
    eventSourceARN: STREAM,
    dynamodb: {
      Keys: marshall({ orderId }),
      SequenceNumber: String(number),
      NewImage: marshall({ orderId, event }),
      ...(before && { OldImage: marshall(before) }),
    },
  };
}

/** The orders of each call, in order. */
const calls = () =>
  eventBridge.commandCalls(PutEventsCommand).map(({ args }) =>
    (args[0].input.Entries ?? []).map(({ Detail }) => {
      const { data, metadata } = JSON.parse(Detail!);
      return `${data.orderId}${metadata.sequence}`;
    }),
  );
const done = { batchItemFailures: [] };
const taken = (Entries: readonly unknown[]) => ({ Entries: Entries.map(() => ({ EventId: '1' })) });

beforeEach(() => {
  jest.spyOn(console, 'error').mockImplementation();
  eventBridge.reset();
  sqs.reset();
  sqs.on(SendMessageCommand).resolves({});
  eventBridge.on(PutEventsCommand).callsFake(async ({ Entries }) => taken(Entries));
});

/** EventBridge fails entries of this order, with this code, the first times. */
function failing(orderId: string, ErrorCode: string, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  eventBridge.on(PutEventsCommand).callsFake(async ({ Entries }) => ({
    Entries: Entries.map(({ Detail }: { Detail: string }) =>
      Detail.includes(`"${orderId}"`) && left-- > 0 ? { ErrorCode, ErrorMessage: 'no' } : { EventId: '1' },
    ),
  }));
}

describe('the function of an Outbox', () => {
  it('publishes the events that changes carry, as consumers read them', async () => {
    const record = change('a', 4);
    expect(await publish(record)).toEqual(done);
    const [entry] = eventBridge.commandCalls(PutEventsCommand)[0]!.args[0].input.Entries!;
    expect(entry).toMatchObject({ EventBusName: 'shop', Source: 'orders', DetailType: 'OrderCancelled' });
    expect(JSON.parse(entry!.Detail!)).toMatchObject({
      metadata: { version: 1, key: 'a', sequence: 4 },
      data: { orderId: 'a' },
    });
  });

  it('publishes nothing again for a change that leaves the event as it is, or carries none', async () => {
    const first = change('a');
    const again = { ...first, dynamodb: { ...first.dynamodb, OldImage: first.dynamodb.NewImage } };
    const removed = {
      eventName: 'REMOVE',
      dynamodb: { SequenceNumber: '1', OldImage: first.dynamodb.NewImage },
    };
    const plain = {
      eventName: 'INSERT',
      dynamodb: { SequenceNumber: '2', NewImage: marshall({ orderId: 'b' }) },
    };
    expect(await publish(again, removed, plain)).toEqual(done);
    expect(calls()).toEqual([]);
  });

  it('publishes an event again in which anything was changed, with its id', async () => {
    const first = change('a');
    const touched = structuredClone(first);
    touched.dynamodb.OldImage = structuredClone(first.dynamodb.NewImage);
    touched.dynamodb.NewImage.event.M.again = { BOOL: true };
    expect(await publish(touched)).toEqual(done);
    expect(calls()).toEqual([['a1']]);
  });

  it('puts ten at once at most, and never two of one key', async () => {
    const many = Array.from({ length: 12 }, (_, at) => change(`k${at}-`));
    await publish(...many, change('a', 1), change('a', 2));
    expect(calls().map((call) => call.length)).toEqual([10, 3, 1]);
    expect(calls().at(-1)).toEqual(['a2']);
  });

  it('puts less at once when events are large', async () => {
    const large = ['a', 'b', 'c'].map((id) => {
      const record = change(id);
      record.dynamodb.NewImage.event.M.data.M.note = { S: 'x'.repeat(90 * 1024) };
      return record;
    });
    await publish(...large);
    expect(calls()).toEqual([['a1', 'b1'], ['c1']]);
  });

  it('tries the entries again that failed, and only them, before the next of their key', async () => {
    failing('a', 'ThrottlingException', 1);
    expect(await publish(change('a', 1), change('b', 1), change('a', 2))).toEqual(done);
    expect(calls()).toEqual([['a1', 'b1'], ['a1'], ['a2']]);
  });

  it('reports the first that is still not taken, and publishes nothing behind it', async () => {
    failing('b', 'InternalFailure');
    const records = [change('a', 1), change('b', 1), change('b', 2)];
    expect(await publish(...records)).toEqual({
      batchItemFailures: [{ itemIdentifier: records[1].dynamodb.SequenceNumber }],
    });
    expect(calls()).toEqual([['a1', 'b1'], ['b1'], ['b1']]);
  });

  it('reports the first of those it has tried when EventBridge cannot be reached', async () => {
    eventBridge.on(PutEventsCommand).rejects(new Error('no connection'));
    const record = change('a');
    expect(await publish(record)).toEqual({
      batchItemFailures: [{ itemIdentifier: record.dynamodb.SequenceNumber }],
    });
    expect(sqs.commandCalls(SendMessageCommand)).toEqual([]);
  });

  it.each([
    ['refuses for good', () => failing('a', 'MalformedDetail'), 'MalformedDetail: no'],
    [
      'finds too large',
      () => {
        const tooLarge = Object.assign(new Error('too large'), { name: 'ValidationException' });
        eventBridge
          .on(PutEventsCommand)
          .rejectsOnce(tooLarge)
          .callsFake(async ({ Entries }) => taken(Entries));
      },
      'ValidationException: too large',
    ],
  ])('sets aside what EventBridge %s, with its data, and goes on', async (_, arrange, refused) => {
    arrange();
    expect(await publish(change('a', 1), change('a', 2))).toEqual(done);
    const [message] = sqs
      .commandCalls(SendMessageCommand)
      .map(({ args }) => JSON.parse(args[0].input.MessageBody!));
    expect(message).toMatchObject({
      refused,
      putEvents: { EventBusName: 'shop', DetailType: 'OrderCancelled' },
    });
    expect(calls().at(-1)).toEqual(['a2']);
  });

  describe('sets aside what can never be published, and goes on', () => {
    const setAside = () =>
      sqs.commandCalls(SendMessageCommand).map(({ args }) => JSON.parse(args[0].input.MessageBody!));
    const reduced = (record: any, refused: unknown) => ({
      refused,
      requestContext: { functionArn: 'arn:fn' },
      outboxItem: {
        streamArn: STREAM,
        keys: record.dynamodb.Keys,
        eventId: record.dynamodb.NewImage.event.M.id.S,
      },
    });
    const inLambda = (...Records: object[]) =>
      handler.with(clients)({ Records } as never, lambdaContext({ invokedFunctionArn: 'arn:fn' }));

    it.each([
      ['a number beyond 2^53', { N: '9007199254740993' }, expect.stringContaining('is a bigint')],
      ['a number that no number of JavaScript is', { N: '9007199254740993.5' }, expect.any(String)],
      ['a set', { SS: ['a'] }, expect.stringContaining('is a Set')],
      ['bytes', { B: Buffer.from('a') }, expect.stringContaining('is binary')],
    ])('with %s: by the key of its item', async (_, note, refused) => {
      const bad = change('bad');
      bad.dynamodb.NewImage.event.M.data.M.note = note;
      expect(await inLambda(change('a'), bad, change('b'), change('bad', 2))).toEqual(done);
      expect(calls()).toEqual([['a1', 'b1'], ['bad2']]);
      expect(setAside()).toEqual([reduced(bad, refused)]);
    });

    it('that is too large for a message with its data', async () => {
      failing('large', 'MalformedDetail');
      const large = change('large');
      large.dynamodb.NewImage.event.M.data.M.note = { S: '\u0001'.repeat(190 * 1024) };
      expect(await inLambda(large, change('b'))).toEqual(done);
      expect(setAside()).toEqual([reduced(large, 'MalformedDetail: no')]);
      expect(calls().at(-1)).toEqual(['b1']);
    });

    it('of which SQS does not take the data', async () => {
      failing('odd', 'MalformedDetail');
      sqs
        .on(SendMessageCommand)
        .rejectsOnce(Object.assign(new Error('characters'), { name: 'InvalidMessageContents' }))
        .resolves({});
      const odd = change('odd');
      expect(await inLambda(odd)).toEqual(done);
      expect(setAside()[1]).toEqual(reduced(odd, 'MalformedDetail: no'));
    });

    it('although it makes the whole call fail', async () => {
      const refused = Object.assign(new Error('bad entry'), { name: 'ValidationException' });
      eventBridge.on(PutEventsCommand).callsFake(async ({ Entries }) => {
        if (Entries.some(({ Detail }: { Detail: string }) => Detail.includes('"bad"'))) throw refused;
        return taken(Entries);
      });
      expect(await inLambda(change('a'), change('bad'), change('b'))).toEqual(done);
      expect(calls()).toEqual([['a1', 'bad1', 'b1'], ['a1'], ['bad1'], ['b1']]);
      expect(setAside()).toMatchObject([{ refused: 'ValidationException: bad entry', putEvents: {} }]);
    });

    it('and comes again with it when the queue for failures cannot be reached', async () => {
      sqs.on(SendMessageCommand).rejects(new Error('no connection'));
      const bad = change('bad');
      bad.dynamodb.NewImage.event.M.data.M.note = { N: '9007199254740993' };
      expect(await inLambda(bad, change('bad', 2))).toEqual({
        batchItemFailures: [{ itemIdentifier: bad.dynamodb.SequenceNumber }],
      });
      expect(calls()).toEqual([]);
    });

    it('but fails by it when it is redriven: the message stays', async () => {
      const bad = change('bad');
      bad.dynamodb.NewImage.event.M.data.M.note = { N: '9007199254740993' };
      await expect(handler.with(clients)({ redrive: true, Records: [bad] } as never)).rejects.toThrow(
        'is a bigint',
      );
      expect(setAside()).toEqual([]);
    });
  });

  it('reports shortly before its timeout what it has not published, and keeps what it has', async () => {
    eventBridge.on(PutEventsCommand).callsFake(async ({ Entries }) => {
      if (Entries.some(({ Detail }: { Detail: string }) => Detail.includes('"slow"'))) {
        await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
      }
      return taken(Entries);
    });
    const slow = change('slow', 1);
    // The second event of `a` is in a call of its own, with the slow one.
    const second = change('a', 2);
    const result = await handler.with(clients)(
      { Records: [change('a', 1), second, slow] } as never,
      lambdaContext({ remainingMilliseconds: 300 }),
    );
    expect(calls()).toEqual([['a1'], ['a2', 'slow1']]);
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: second.dynamodb.SequenceNumber }] });
  });
});
