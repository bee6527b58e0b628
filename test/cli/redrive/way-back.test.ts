import type { Destination } from '../../../lib/cli/redrive/destinations.js';
import { wayBack } from '../../../lib/cli/redrive/way-back.js';

const fn = 'arn:aws:lambda:eu-west-1:123456789012:function:mail';
const evil = 'arn:aws:lambda:eu-west-1:123456789012:function:evil';
const machine = 'arn:aws:states:eu-west-1:123456789012:stateMachine:fulfil';
const queue = 'arn:aws:sqs:eu-west-1:123456789012:mails';
const streamArn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026';
const event = { source: 'orders', detail: { metadata: { id: 'e' }, data: { orderId: 'o' } } };
const message = (body: unknown, target?: string) => ({
  Body: typeof body === 'string' ? body : JSON.stringify(body),
  ...(target && { MessageAttributes: { TARGET_ARN: { DataType: 'String', StringValue: target } } }),
});
const all: Destination[] = [
  { to: fn },
  { to: machine },
  { to: queue },
  { to: fn, streamArn },
  { to: 'shop' },
];
const batch = (arn: string) => ({
  streamArn: arn,
  shardId: '1',
  startSequenceNumber: '1',
  endSequenceNumber: '2',
});

describe('the way back of', () => {
  it('an event that a function failed to handle is to the function, not to its version', () => {
    const record = { requestContext: { functionArn: `${fn}:$LATEST` }, requestPayload: { a: 1 } };
    expect(wayBack(message(record), all)).toEqual({ kind: 'send', to: fn, payload: { a: 1 } });
  });

  it('it is to the alias whose failures land in the queue, whatever version has failed', () => {
    const live = [{ to: fn }, { to: `${fn}:live` }];
    for (const failed of [fn, `${fn}:$LATEST`, `${fn}:3`, `${fn}:live`]) {
      const record = { requestContext: { functionArn: failed }, requestPayload: { a: 1 } };
      expect(wayBack(message(record), live)).toMatchObject({ to: `${fn}:live` });
    }
  });

  it('changes of a stream is to read them again', () => {
    const DDBStreamBatchInfo = batch(streamArn);
    const record = { requestContext: { functionArn: fn }, DDBStreamBatchInfo };
    expect(wayBack(message(record), all)).toEqual({ kind: 'reread', to: fn, batch: DDBStreamBatchInfo });
  });

  it('an event of which only the item is known is to the function of its Outbox', () => {
    const outboxItem = { streamArn, keys: { orderId: { S: 'o' } }, eventId: 'e' };
    const body = { refused: 'a bigint', requestContext: { functionArn: `${fn}:live` }, outboxItem };
    expect(wayBack(message(body), all)).toEqual({ kind: 'republish', to: fn, item: outboxItem });
    const other = { ...body, outboxItem: { ...outboxItem, streamArn: 'another' } };
    expect(wayBack(message(other), all)).toContain('which does not send its failures to this queue');
  });

  it('an event that EventBridge refused is to the bus', () => {
    const entry = { EventBusName: 'shop', Detail: '{}' };
    expect(wayBack(message({ refused: 'too large', putEvents: entry }), all)).toEqual({
      kind: 'publish',
      entry,
    });
  });

  it('an event that nobody understood is to whom it was for', () => {
    expect(wayBack(message({ refused: 'version 9', target: fn, event }), all)).toEqual({
      kind: 'send',
      to: fn,
      payload: event,
    });
  });

  it.each([
    ['a function', fn, { payload: event }],
    ['a queue', queue, { payload: event }],
    ['a workflow, with its data and by its id', machine, { payload: { orderId: 'o' }, eventId: 'e' }],
  ])('an event that could not be delivered is to %s', (_, target, sent) => {
    expect(wayBack(message(event, target), all)).toEqual({ kind: 'send', to: target, ...sent });
  });

  it.each([{ a: 1 }, 'text'])('anything else is where it is said to be: %j', (body) => {
    expect(wayBack(message(body), all)).toContain('it does not say where it has to go');
    expect(wayBack(message(body), [], queue)).toEqual({ kind: 'send', to: queue, payload: body });
  });

  it('a message as it was sent is to the only thing that sends such ones to the queue', () => {
    expect(wayBack(message({ a: 1 }), [{ to: fn, isPlain: true }])).toMatchObject({ to: fn });
    expect(wayBack(message({ a: 1 }), [{ to: fn }])).toContain('it does not say');
    expect(wayBack(message({ a: 1 }), [{ to: fn, isPlain: true }, { to: queue }])).toContain(
      'it does not say',
    );
  });

  it('what says itself whom it is for is not changed by what is said of others', () => {
    const record = { requestContext: { functionArn: fn }, requestPayload: {} };
    expect(wayBack(message(record), all, queue)).toMatchObject({ to: fn });
  });
});

describe('a message that asks for what does not belong to its queue', () => {
  const forged: [string, string, ReturnType<typeof message>][] = [
    ['a function', evil, message({ requestContext: { functionArn: evil }, requestPayload: {} })],
    [
      'a version of a function',
      evil,
      message({ requestContext: { functionArn: `${evil}:1` }, requestPayload: {} }),
    ],
    ['a function, as not understood', evil, message({ refused: 'no', target: evil, event })],
    ['a function, in its attributes', evil, message(event, evil)],
    [
      'a function that reads a stream',
      evil,
      message({ requestContext: { functionArn: evil }, DDBStreamBatchInfo: batch(streamArn) }),
    ],
    [
      'another stream',
      `${streamArn}9`,
      message({ requestContext: { functionArn: fn }, DDBStreamBatchInfo: batch(`${streamArn}9`) }),
    ],
    ['another bus', 'default', message({ refused: 'no', putEvents: { Detail: '{}' } })],
    ['a bus of another name', 'audit', message({ refused: 'no', putEvents: { EventBusName: 'audit' } })],
    ['a workflow', `${machine}2`, message(event, `${machine}2`)],
    ['a queue', `${queue}2`, message(event, `${queue}2`)],
  ];

  it.each(forged)('stays, and says what it asks for: %s', (_, asked, one) => {
    const reason = wayBack(one, all);
    expect(reason).toContain('which does not send its failures to this queue');
    expect(reason).toContain(asked);
    expect(wayBack(one, all, queue)).toBe(reason);
  });

  it('goes there when the operator names it', () => {
    const record = { requestContext: { functionArn: `${evil}:$LATEST` }, requestPayload: { a: 1 } };
    expect(wayBack(message(record), all, evil)).toEqual({ kind: 'send', to: evil, payload: { a: 1 } });
    const entry = { EventBusName: 'audit' };
    expect(wayBack(message({ refused: 'no', putEvents: entry }), [], 'audit')).toMatchObject({
      kind: 'publish',
    });
  });
});
