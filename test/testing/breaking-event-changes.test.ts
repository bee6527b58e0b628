import { defineEvent, type EventDefinition } from 'cdk-trellis/contract';
import { breakingEventChanges, releasedEvents } from 'cdk-trellis/testing';
import * as z from 'zod';

const data = z.object({
  orderId: z.string(),
  total: z.int().max(1000),
  state: z.enum(['placed', 'paid']),
  note: z.string().optional(),
  lines: z.array(z.object({ sku: z.string() })),
});
const event = (schema: z.ZodObject = data, options: object = {}): EventDefinition =>
  defineEvent('OrderPlaced', schema, { source: 'orders', version: 1, key: 'orderId', ...options });

/** Returns the events as read from the committed file. */
const released = JSON.parse(JSON.stringify(releasedEvents([event()])));

const changes = (...events: EventDefinition[]) => breakingEventChanges(released, events);

describe('a change of an event is compatible', () => {
  it.each<[string, z.ZodObject, object]>([
    ['without a change', data, {}],
    ['with a property more', data.extend({ currency: z.string() }), {}],
    ['with an optional property removed', data.omit({ note: true }), {}],
    ['with values that are fewer', data.extend({ total: z.int().max(10), state: z.enum(['paid']) }), {}],
    ['with another version', z.object({ orderId: z.number() }), { version: 2 }],
  ])('%s', (_, schema, options) => {
    expect(changes(event(schema, options))).toEqual([]);
  });

  it('when the former version is still published', () => {
    expect(changes(event(), event(z.object({ orderId: z.number() }), { version: 2 }))).toEqual([]);
  });
});

describe('a change of an event breaks its consumers', () => {
  it.each<[string, z.ZodObject, object, string]>([
    ['without a property', data.omit({ total: true }), {}, 'data.total'],
    ['with a property that may be missing', data.partial({ total: true }), {}, 'data.total'],
    [
      'with a property of another type',
      data.extend({ total: z.string() }),
      {},
      'data.total: string became integer',
    ],
    ['with values that are more', data.extend({ total: z.int().max(2000) }), {}, 'data.total'],
    [
      'with a value that is new',
      data.extend({ state: z.enum(['placed', 'paid', 'lost']) }),
      {},
      '"lost" is not among its values',
    ],
    ['somewhere inside', data.extend({ lines: z.array(z.object({ sku: z.number() })) }), {}, 'data.lines'],
    [
      'with another key',
      data.extend({ id: z.string() }),
      { key: 'id' },
      'changed its key from orderId to id',
    ],
    ['from another source', data, { source: 'shop' }, 'changed its source to shop'],
  ])('%s', (_, schema, options, message) => {
    const found = changes(event(schema, options));
    expect(found).toEqual([expect.stringContaining(message)]);
    expect(found[0]).toMatch(/^OrderPlaced 1 of orders /);
  });

  it('when it is removed, or back to a former version', () => {
    expect(changes()).toEqual(['OrderPlaced 1 of orders was removed']);
    const second = releasedEvents([event(data, { version: 2 })]);
    expect(breakingEventChanges(second, [event()])).toEqual([
      'OrderPlaced 2 of orders changed its version to 1',
    ]);
  });
});
