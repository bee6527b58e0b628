import type { Destination } from '../../../lib/cli/redrive/destinations.js';
import { resolveRedriveAction } from '../../../lib/cli/redrive/redrive-action.js';

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

describe('a message of a failure queue', () => {
  it('is sent to the function that failed to handle it, not to its version', () => {
    const record = { requestContext: { functionArn: `${fn}:$LATEST` }, requestPayload: { a: 1 } };
    expect(resolveRedriveAction(message(record), all)).toEqual({ kind: 'send', to: fn, payload: { a: 1 } });
  });

  it('is sent to the alias whose failures go to the queue, whichever version has failed', () => {
    const live = [{ to: fn }, { to: `${fn}:live` }];
    for (const failed of [fn, `${fn}:$LATEST`, `${fn}:3`, `${fn}:live`]) {
      const record = { requestContext: { functionArn: failed }, requestPayload: { a: 1 } };
      expect(resolveRedriveAction(message(record), live)).toMatchObject({ to: `${fn}:live` });
    }
  });

  it('about changes of a stream rereads them', () => {
    const DDBStreamBatchInfo = batch(streamArn);
    const record = { requestContext: { functionArn: fn }, DDBStreamBatchInfo };
    expect(resolveRedriveAction(message(record), all)).toEqual({
      kind: 'reread',
      to: fn,
      batch: DDBStreamBatchInfo,
    });
  });

  it('about an event of which only the item is known goes to the function of its Outbox', () => {
    const outboxItem = { streamArn, keys: { orderId: { S: 'o' } }, eventId: 'e' };
    const body = { refused: 'a bigint', requestContext: { functionArn: `${fn}:live` }, outboxItem };
    expect(resolveRedriveAction(message(body), all)).toEqual({ kind: 'republish', to: fn, item: outboxItem });
    const other = { ...body, outboxItem: { ...outboxItem, streamArn: 'another' } };
    expect(resolveRedriveAction(message(other), all)).toContain(
      'which does not send its failures to this queue',
    );
  });

  it('about an event that EventBridge rejected is published to the bus', () => {
    const entry = { EventBusName: 'shop', Detail: '{}' };
    expect(resolveRedriveAction(message({ refused: 'too large', putEvents: entry }), all)).toEqual({
      kind: 'publish',
      entry,
    });
  });

  it('about an event that EventBridge rejected is published to the bus of the configuration, as it is configured', () => {
    const bus = (account: string) => `arn:aws:events:eu-west-1:${account}:event-bus/shop`;
    const rejected = (EventBusName: string) => message({ refused: 'too large', putEvents: { EventBusName } });
    const shared = [{ to: bus('210987654321') }];
    expect(resolveRedriveAction(rejected(bus('210987654321')), shared)).toMatchObject({
      entry: { EventBusName: bus('210987654321') },
    });
    expect(resolveRedriveAction(rejected(bus('123456789012')), shared)).toContain('which does not send');
    expect(resolveRedriveAction(rejected(bus('123456789012')), all)).toMatchObject({
      entry: { EventBusName: 'shop' },
    });
  });

  it('about an event that did not match the schema is sent to its target', () => {
    expect(resolveRedriveAction(message({ refused: 'version 9', target: fn, event }), all)).toEqual({
      kind: 'send',
      to: fn,
      payload: event,
    });
  });

  it.each([
    ['a function', fn, { payload: event }],
    ['a queue', queue, { payload: event }],
    ['a workflow, with its data and by its id', machine, { payload: { orderId: 'o' }, eventId: 'e' }],
  ])('about an event that could not be delivered is sent to %s', (_, target, sent) => {
    expect(resolveRedriveAction(message(event, target), all)).toEqual({ kind: 'send', to: target, ...sent });
  });

  it.each([null, 'text', { metadata: null }])(
    'starts a workflow with an event whose detail is %j',
    (detail) => {
      expect(resolveRedriveAction(message({ detail }, machine), all)).toEqual({
        kind: 'send',
        to: machine,
        payload: { detail },
      });
    },
  );

  it.each([{ a: 1 }, 'text'])('without a target is sent to the target of the operator: %j', (body) => {
    expect(resolveRedriveAction(message(body), all)).toContain('it does not name its target');
    expect(resolveRedriveAction(message(body), [], queue)).toEqual({
      kind: 'send',
      to: queue,
      payload: body,
    });
  });

  it('without a target is sent to the only destination of the queue, if its messages arrive unchanged', () => {
    expect(resolveRedriveAction(message({ a: 1 }), [{ to: fn, isPlain: true }])).toMatchObject({ to: fn });
    expect(resolveRedriveAction(message({ a: 1 }), [{ to: fn }])).toContain('it does not name');
    expect(resolveRedriveAction(message({ a: 1 }), [{ to: fn, isPlain: true }, { to: queue }])).toContain(
      'it does not name',
    );
  });

  it('with a target is not sent to the target of the operator', () => {
    const record = { requestContext: { functionArn: fn }, requestPayload: {} };
    expect(resolveRedriveAction(message(record), all, queue)).toMatchObject({ to: fn });
  });
});

describe('a message with a target that does not belong to its queue', () => {
  const forged: [string, string, ReturnType<typeof message>][] = [
    ['a function', evil, message({ requestContext: { functionArn: evil }, requestPayload: {} })],
    [
      'a version of a function',
      evil,
      message({ requestContext: { functionArn: `${evil}:1` }, requestPayload: {} }),
    ],
    ['a function, as an event that did not match', evil, message({ refused: 'no', target: evil, event })],
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
    ['a bus without a name', 'the bus ""', message({ refused: 'no', putEvents: { EventBusName: '' } })],
    ['a bus of another name', 'audit', message({ refused: 'no', putEvents: { EventBusName: 'audit' } })],
    ['a workflow', `${machine}2`, message(event, `${machine}2`)],
    ['a queue', `${queue}2`, message(event, `${queue}2`)],
  ];

  it.each(forged)('stays, with a reason that names the target: %s', (_, target, forgedMessage) => {
    const reason = resolveRedriveAction(forgedMessage, all);
    expect(reason).toContain('which does not send its failures to this queue');
    expect(reason).toContain(target);
    expect(resolveRedriveAction(forgedMessage, all, queue)).toBe(reason);
  });

  it('is sent if the operator passes that target', () => {
    const record = { requestContext: { functionArn: `${evil}:$LATEST` }, requestPayload: { a: 1 } };
    expect(resolveRedriveAction(message(record), all, evil)).toEqual({
      kind: 'send',
      to: evil,
      payload: { a: 1 },
    });
    const entry = { EventBusName: 'audit' };
    expect(resolveRedriveAction(message({ refused: 'no', putEvents: entry }), [], 'audit')).toMatchObject({
      kind: 'publish',
    });
  });
});
