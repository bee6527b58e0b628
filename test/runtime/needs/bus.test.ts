import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { bus, correlated } from 'cdk-trellis/runtime';
import { OrderPlaced } from '../../messaging/fixtures/events.js';
import { acceptingEventBridge } from '../../support/event-bridge.js';

const { eventBridge, entries } = acceptingEventBridge();
const placed = bus(OrderPlaced).publish.connect('shop');

const failed = (...codes: (string | undefined)[]) => ({
  FailedEntryCount: codes.filter(Boolean).length,
  Entries: codes.map((ErrorCode) => (ErrorCode ? { ErrorCode, ErrorMessage: 'no' } : { EventId: '1' })),
});

describe('publishing', () => {
  it('puts the event in its envelope on the bus', async () => {
    const event = await placed.publish({ orderId: 'o-1', total: 5 }, { sequence: 7, correlationId: 'c-1' });
    const [entry] = entries();
    expect(entry).toMatchObject({ EventBusName: 'shop', Source: 'orders', DetailType: 'OrderPlaced' });
    expect(JSON.parse(entry!.Detail!)).toEqual({
      metadata: {
        id: event.id,
        time: event.time,
        version: 2,
        key: 'o-1',
        sequence: 7,
        correlationId: 'c-1',
      },
      data: { orderId: 'o-1', total: 5 },
    });
  });

  it('carries on what it follows from, or starts with itself', async () => {
    const [first, second] = await correlated('request-1', async () => [
      await placed.publish({ orderId: 'o-1', total: 5 }),
      await placed.publish({ orderId: 'o-2', total: 5 }),
    ]);
    expect([first!.correlationId, second!.correlationId]).toEqual(['request-1', 'request-1']);
    const alone = await placed.publish({ orderId: 'o-3', total: 5 });
    expect(alone.correlationId).toBe(alone.id);
  });

  it('leaves out what the event does not have, and refuses what it must not be', async () => {
    await placed.publish({ orderId: 'o-1', total: 5, secret: 'x' } as never);
    expect(entries()[0]!.Detail).not.toContain('secret');
    await expect(placed.publish({ orderId: 'o-1', total: 'five' } as never)).rejects.toThrow(
      'expected number',
    );
    await expect(placed.publish({ orderId: 'o-1', total: 5 }, { sequence: 0 })).rejects.toThrow(
      'The `sequence` of OrderPlaced must be a whole number from 1, got 0',
    );
    expect(entries()).toHaveLength(1);
  });

  it('retries entries with a transient error, although PutEvents itself returned 200', async () => {
    eventBridge.on(PutEventsCommand).resolvesOnce(failed('ThrottlingException')).resolves(failed(undefined));
    await placed.publish({ orderId: 'o-1', total: 5 });
    const [first, second] = entries();
    expect(second).toEqual(first);
  });

  it.each([
    ['three times, what may pass', 'InternalFailure', 3],
    ['once, what never will', 'NotAuthorizedForSourceException', 1],
  ])('fails after trying %s', async (_, code, attempts) => {
    eventBridge.on(PutEventsCommand).resolves(failed(code));
    await expect(placed.publish({ orderId: 'o-1', total: 5 })).rejects.toThrow(
      new RegExp(`EventBridge rejected OrderPlaced .* on the bus shop: ${code} no`),
    );
    expect(entries()).toHaveLength(attempts);
  });
});
