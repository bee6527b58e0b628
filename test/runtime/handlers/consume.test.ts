import type { Context } from 'aws-lambda';
import type { EventDefinition } from 'cdk-trellis/contract';
import {
  bus,
  consume,
  type DeliveredEvent,
  EventRefusedError,
  type IdempotencyClient,
  idempotency,
} from 'cdk-trellis/runtime';
import { publishedEvent } from 'cdk-trellis/testing';
import { OrderPlaced, OrderPlacedV1 } from '../../messaging/fixtures/events.js';
import { acceptingEventBridge } from '../../support/event-bridge.js';

const { entries } = acceptingEventBridge();
const placed = bus(OrderPlaced).publish.connect('shop');

const logged: string[] = [];
beforeEach(() => {
  logged.length = 0;
  jest.spyOn(console, 'error').mockImplementation((line) => void logged.push(String(line)));
});

/** Event as EventBridge delivers it. */
const delivered = (definition: EventDefinition = OrderPlaced, id = 'e-1') =>
  publishedEvent(definition, { orderId: 'o-1', total: 5 }, { id, correlationId: 'c-1' });

describe('consume', () => {
  it('logs the event when it cannot be connected to what it needs', async () => {
    const unbound = consume(OrderPlaced, { events: bus(OrderPlaced).publish }, async () => undefined);
    await expect(unbound(delivered(), {} as Context)).rejects.toThrow('has no binding for `events`');
    expect(logged).toEqual([expect.stringContaining('The event was not handled')]);
  });

  const seen: unknown[] = [];
  const handler = consume(OrderPlaced, {}, async ({ data, id, version }) => {
    seen.push({ data, id, version });
  });
  beforeEach(() => {
    seen.length = 0;
  });

  it('gives the handler what was published', async () => {
    await handler.with({})(delivered());
    expect(seen).toEqual([{ data: { orderId: 'o-1', total: 5 }, id: 'e-1', version: 2 }]);
  });

  it('accepts several versions, distinguished by their number', async () => {
    const totals: number[] = [];
    const both = consume([OrderPlacedV1, OrderPlaced], {}, async (event) => {
      totals.push(event.version === 2 ? event.data.total : 0);
    });
    await both.with({})(delivered());
    await both.with({})(delivered(OrderPlacedV1));
    expect(totals).toEqual([5, 0]);
  });

  it('makes what it publishes follow from the event', async () => {
    const forward = consume(OrderPlaced, { placed: bus(OrderPlaced).publish }, async (event, clients) => {
      await clients.placed.publish(event.data);
    });
    await forward.with({ placed })(delivered());
    expect(JSON.parse(entries()[0]!.Detail!).metadata.correlationId).toBe('c-1');
  });

  const wrong = { ...delivered(), detail: { ...(delivered().detail as object), data: { orderId: 1 } } };
  it.each<[string, unknown, string]>([
    [
      'of another version',
      delivered({ ...OrderPlaced, version: 9 }),
      'Expected OrderPlaced 2 of orders, got OrderPlaced 9 of orders (event e-1). Deploy a consumer that understands it, then redrive the event.',
    ],
    ['of another name', delivered({ ...OrderPlaced, name: 'OrderLost' }), 'got OrderLost 2 of orders'],
    [
      'of another source',
      delivered({ ...OrderPlaced, source: 'warehouse' }),
      'got OrderPlaced 2 of warehouse',
    ],
    [
      'without an envelope',
      { ...delivered(), id: '1', detail: { orderId: 'o-1' } },
      'Event 1 (OrderPlaced) must have `detail.metadata` with an id and a version',
    ],
    ['of another shape', wrong, 'Event e-1 does not match the schema of OrderPlaced v2:'],
    ['that is nothing', null, 'must have `detail.metadata`'],
  ])('rejects an event %s, and logs it', async (_, event, message) => {
    const refusal = handler.with({})(event as DeliveredEvent);
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toBeInstanceOf(EventRefusedError);
    expect(seen).toEqual([]);
    expect(logged.join()).toContain('The event was not handled');
  });

  it('does once, by the id of the event, what is needed once', async () => {
    const done = new Map<string, Promise<unknown>>();
    const once: IdempotencyClient = {
      tableName: 'done',
      run(key, work) {
        if (!done.has(key)) done.set(key, work());
        return done.get(key) as never;
      },
    };
    const runs: string[] = [];
    const careful = consume(OrderPlaced, { once: idempotency() }, async ({ id }) => void runs.push(id));
    for (const id of ['e-1', 'e-1', 'e-2']) await careful.with({ once })(delivered(OrderPlaced, id));
    expect(runs).toEqual(['e-1', 'e-2']);
  });
});
