import { wayBack } from '../../../lib/cli/redrive/way-back.js';

const fn = 'arn:aws:lambda:eu-west-1:123456789012:function:mail';
const machine = 'arn:aws:states:eu-west-1:123456789012:stateMachine:fulfil';
const queue = 'arn:aws:sqs:eu-west-1:123456789012:mails';
const event = { source: 'orders', detail: { metadata: { id: 'e' }, data: { orderId: 'o' } } };
const message = (body: unknown, target?: string) => ({
  Body: typeof body === 'string' ? body : JSON.stringify(body),
  ...(target && { MessageAttributes: { TARGET_ARN: { DataType: 'String', StringValue: target } } }),
});

describe('the way back of', () => {
  it('an event that a function failed to handle is to the function, not to its version', () => {
    const record = { requestContext: { functionArn: `${fn}:$LATEST` }, requestPayload: { a: 1 } };
    expect(wayBack(message(record))).toEqual({ kind: 'send', to: fn, payload: { a: 1 } });
  });

  it('changes of a stream is to read them again', () => {
    const DDBStreamBatchInfo = {
      streamArn: 's',
      shardId: '1',
      startSequenceNumber: '1',
      endSequenceNumber: '2',
    };
    const record = { requestContext: { functionArn: fn }, DDBStreamBatchInfo };
    expect(wayBack(message(record))).toEqual({ kind: 'reread', to: fn, batch: DDBStreamBatchInfo });
  });

  it('an event of which only the item is known is to the function of its Outbox', () => {
    const outboxItem = { streamArn: 's', keys: { orderId: { S: 'o' } }, eventId: 'e' };
    const body = { refused: 'a bigint', requestContext: { functionArn: `${fn}:live` }, outboxItem };
    expect(wayBack(message(body))).toEqual({ kind: 'republish', to: fn, item: outboxItem });
  });

  it('an event that EventBridge refused is to the bus', () => {
    const entry = { EventBusName: 'shop', Detail: '{}' };
    expect(wayBack(message({ refused: 'too large', putEvents: entry }))).toEqual({ kind: 'publish', entry });
  });

  it('an event that nobody understood is to whom it was for', () => {
    expect(wayBack(message({ refused: 'version 9', target: fn, event }))).toEqual({
      kind: 'send',
      to: fn,
      payload: event,
    });
  });

  it.each([
    ['a function', fn, event],
    ['a queue', queue, event],
    ['a workflow, with its data', machine, { orderId: 'o' }],
  ])('an event that could not be delivered is to %s', (_, target, payload) => {
    expect(wayBack(message(event, target))).toEqual({ kind: 'send', to: target, payload });
  });

  it.each([{ a: 1 }, 'text'])('anything else is where it is said to be: %j', (body) => {
    expect(wayBack(message(body))).toBeUndefined();
    expect(wayBack(message(body), queue)).toEqual({ kind: 'send', to: queue, payload: body });
  });

  it('what says itself whom it is for is not changed by what is said of others', () => {
    const record = { requestContext: { functionArn: fn }, requestPayload: {} };
    expect(wayBack(message(record), queue)).toMatchObject({ to: fn });
  });
});
