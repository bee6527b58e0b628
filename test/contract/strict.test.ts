import * as z from 'zod';
import { strict } from '../../lib/contract/strict.js';

const accepts = (schema: z.ZodType, value: unknown) => strict(schema).safeParse(value).success;

describe('strict', () => {
  it.each([
    ['an object', z.object({ a: z.string() }), { a: 'x', b: 1 }],
    ['an object in an array', z.array(z.object({})), [{ b: 1 }]],
    ['an optional object', z.object({ a: z.object({}).optional() }), { a: { b: 1 } }],
    ['an object with a default', z.object({ a: z.object({}).default({}) }), { a: { b: 1 } }],
    ['an object of a union', z.union([z.object({ a: z.string() }), z.string()]), { a: 'x', b: 1 }],
    [
      'an object of a discriminated union',
      z.discriminatedUnion('kind', [z.object({ kind: z.literal('x') }), z.object({ kind: z.literal('y') })]),
      { kind: 'x', b: 1 },
    ],
    ['an object in a record', z.record(z.string(), z.object({})), { a: { b: 1 } }],
    ['an object in a tuple', z.tuple([z.object({})]), [{ b: 1 }]],
    ['an object before a transformation', z.object({}).transform(String), { b: 1 }],
    ['a lazy object', z.lazy(() => z.object({})), { b: 1 }],
    ['__proto__ as a property of its own', z.object({}), JSON.parse('{"__proto__": {"admin": true}}')],
  ])('rejects an undeclared property of %s', (_name, schema, value) => {
    expect(schema.safeParse(value).success).toBe(true);
    expect(accepts(schema, value)).toBe(false);
  });

  it('leaves a loose object loose', () => {
    expect(accepts(z.looseObject({ a: z.string() }), { a: 'x', b: 1 })).toBe(true);
  });

  it('keeps refinements', () => {
    const schema = z.object({ a: z.string() }).refine(({ a }) => a !== 'no');
    expect(accepts(schema, { a: 'yes' })).toBe(true);
    expect(accepts(schema, { a: 'no' })).toBe(false);
  });

  it('follows a recursive object with a getter', () => {
    const Category = z.object({
      name: z.string(),
      get children(): z.ZodType {
        return z.array(Category);
      },
    });
    expect(accepts(Category, { name: 'a', children: [{ name: 'b', children: [] }] })).toBe(true);
    expect(accepts(Category, { name: 'a', children: [{ name: 'b', children: [], extra: 1 }] })).toBe(false);
  });

  it('follows a recursive schema', () => {
    const Tree: z.ZodType = z.lazy(() => z.object({ children: z.array(Tree).optional() }));
    expect(accepts(Tree, { children: [{ children: [] }] })).toBe(true);
    expect(accepts(Tree, { children: [{ children: [{ b: 1 }] }] })).toBe(false);
  });
});
