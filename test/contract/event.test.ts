import { defineEvent } from 'cdk-trellis/contract';
import * as z from 'zod';

const data = z.object({ orderId: z.string() });

describe('defineEvent', () => {
  it('returns the name, source, version and schema', () => {
    const event = defineEvent('OrderPlaced', data, { source: 'orders', version: 3, key: 'orderId' });
    expect(event).toEqual({
      name: 'OrderPlaced',
      version: 3,
      source: 'orders',
      key: 'orderId',
      schema: data,
    });
    expect(Object.isFrozen(event)).toBe(true);
  });

  it("defaults `source` to 'app'", () => {
    expect(defineEvent('OrderPlaced', data, { version: 1 }).source).toBe('app');
  });

  it.each([
    [
      'orderPlaced',
      'orders',
      1,
      '`name` must be like OrderPlaced, at most 64 letters and digits, got "orderPlaced"',
    ],
    ['Order Placed', 'orders', 1, 'got "Order Placed"'],
    [
      'OrderPlaced',
      'aws.orders',
      1,
      '`source` must be lower-case letters, digits, dots and hyphens, got "aws.orders"',
    ],
    ['OrderPlaced', 'Orders', 1, 'got "Orders"'],
    ['OrderPlaced', 'orders', 0, '`version` must be a whole number from 1, got 0'],
    ['OrderPlaced', 'orders', 1.5, 'got 1.5'],
  ])('rejects %s of %s in version %s', (name, source, version, message) => {
    expect(() => defineEvent(name, data, { source, version })).toThrow(message);
  });

  it.each([
    ['a version that is a text', data, { version: '1' }, '`version` must be a whole number from 1, got "1"'],
    [
      'a key that is not in its data',
      data,
      { version: 1, key: 'id' },
      '`key` must be a property of `schema` (',
    ],
    ['data that is not a schema', { id: 'string' }, { version: 1 }, '`schema` must be a zod schema'],
  ])('rejects %s, in JavaScript', (_name, schema, options, message) => {
    expect(() => defineEvent('OrderPlaced', schema as never, options as never)).toThrow(message);
  });

  it('reports all errors at once', () => {
    expect(() => defineEvent('x', data, { source: 'X', version: 0 })).toThrow(
      /name.*\n.*source.*\n.*version/,
    );
  });
});
