import { ProblemError } from 'cdk-trellis/contract';
import { cursor, etagOf } from 'cdk-trellis/runtime';
import fc from 'fast-check';
import * as z from 'zod';

const position = cursor(z.object({ orderId: z.string(), sort: z.number().optional() }));

describe('a cursor', () => {
  it('is a text that is safe in a URL, and gives the position back', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
        (orderId) => {
          const text = position.encode({ orderId })!;
          expect(encodeURIComponent(text)).toBe(text);
          expect(position.decode(text)).toEqual({ orderId });
        },
      ),
    );
  });

  it('has nothing in it that the position does not have', () => {
    const text = position.encode({ orderId: 'a', secret: 'x' })!;
    expect(Buffer.from(text, 'base64url').toString()).toBe('{"orderId":"a"}');
  });

  it('is undefined at the end of a listing, and at its start', () => {
    expect([position.encode(undefined), position.decode(undefined)]).toEqual([undefined, undefined]);
  });

  it.each([
    '',
    'x',
    '%%%',
    Buffer.from('null').toString('base64url'),
    Buffer.from('{"orderId":1}').toString('base64url'),
    Buffer.from('{"orderId":"a","admin":true}').toString('base64url'),
    Buffer.from('{"orderId":"a","__proto__":{}}').toString('base64url'),
  ])('%j is refused', (text) => {
    expect(() => position.decode(text)).toThrow(ProblemError);
    expect(() => position.decode(text)).toThrow('query.cursor: must be the nextCursor of an earlier page');
  });
});

it('etagOf is another tag whenever the value is another one', () => {
  expect(etagOf({ a: 1 })).toBe(etagOf({ a: 1 }));
  expect(etagOf({ a: 1 })).not.toBe(etagOf({ a: 2 }));
  expect(etagOf('x')).toMatch(/^"[\w-]{22}"$/);
});
