import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { outbox } from 'cdk-trellis/runtime';
import { handler } from '../../lib/runtime/outbox-publisher.js';
import { OrderCancelled } from '../messaging/fixtures/events.js';

const eventBridge = mockClient(EventBridgeClient);
const sqs = mockClient(SQSClient);
const clients = {
  events: { eventBusName: 'shop', client: new EventBridgeClient({}) },
  refused: { queueUrl: 'https://sqs/failures', client: new SQSClient({}) },
};
const publish = (...Records: object[]) => handler.with(clients)({ Records } as never);

let number = 0;
function change(orderId: string, sequence = 1, before?: object): any {
  number += 1;
  const { event } = outbox(OrderCancelled, { orderId }, { sequence });
  return {
    eventName: before ? 'MODIFY' : 'INSERT',
    dynamodb: {
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
});
