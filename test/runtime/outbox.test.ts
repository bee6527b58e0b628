import { outbox } from 'cdk-trellis/runtime';
import { OrderCancelled } from '../messaging/fixtures/events.js';

describe('outbox', () => {
  it('gives the attribute that makes a write publish the event', () => {
    expect(outbox(OrderCancelled, { orderId: 'o-1' }, { sequence: 3, correlationId: 'c-1' })).toEqual({
      event: {
        name: 'OrderCancelled',
        version: 1,
        source: 'orders',
        id: expect.any(String),
        time: expect.any(String),
        key: 'o-1',
        sequence: 3,
        correlationId: 'c-1',
        data: { orderId: 'o-1' },
      },
    });
  });

  it('refuses what the event must not be, before anything is written', () => {
    expect(() => outbox(OrderCancelled, { orderId: 1 } as never, { sequence: 1 })).toThrow('expected string');
  });

  it('refuses an event without a key', () => {
    expect(() => outbox({ ...OrderCancelled, key: undefined }, { orderId: 'o-1' }, { sequence: 1 })).toThrow(
      "Event OrderCancelled must have a key, which orders the events of an Outbox. Set `key` in `defineEvent`, as in `key: 'orderId'`",
    );
  });
});
