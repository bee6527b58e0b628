import AjvDraft04 from 'ajv-draft-04';
import fc from 'fast-check';
import * as z from 'zod';
import { gatewaySchema } from '../../../lib/api/private/gateway-schema.js';
import { strict } from '../../../lib/contract/strict.js';
import { schemaCases } from '../../support/arbitrary-schema.js';

const gatewayAccepts = (schema: z.ZodType, value: unknown) =>
  new AjvDraft04({ strict: true }).compile(gatewaySchema(schema))(value);

const Tree = z.object({
  get children(): z.ZodType {
    return z.array(Tree);
  },
});

describe('gatewaySchema', () => {
  it('rejects bodies that are certainly invalid', () => {
    const schema = z.object({ name: z.string().min(1), price: z.object({ amount: z.int().min(0) }) });
    expect(gatewayAccepts(schema, { name: 'x', price: { amount: 1 } })).toBe(true);
    for (const wrong of [
      {},
      [],
      { name: 1, price: { amount: 1 } },
      { name: '', price: { amount: 1 } },
      { name: 'x', price: { amount: -1 } },
      { name: 'x', price: { amount: 1, extra: 1 } },
      { name: 'x', price: { amount: 1 }, extra: 1 },
    ]) {
      expect(gatewayAccepts(schema, wrong)).toBe(false);
    }
  });

  it.each([
    ['a whole number written 1.0', z.int(), 1.0],
    ['a null', z.string().nullable(), null],
    ['an exclusive bound', z.number().gt(1), 1.5],
    ['an emoji of two code units', z.string().length(2), '😀'],
    ['a pattern', z.string().regex(/^\p{L}+$/u), 'é'],
    ['a loose object', z.looseObject({ a: z.string() }), { a: 'x', b: 1 }],
    ['a preprocessed value', z.preprocess(Number, z.number()), '3'],
    ['a coerced value', z.coerce.number(), '3'],
    ['spaces that the contract takes away before it counts', z.string().trim().max(2), ' ab '],
    ['a schema that contains itself', Tree, { children: [{ children: [] }] }],
    ['a default', z.object({ a: z.string().default('x') }), {}],
    ['a tuple', z.tuple([z.string(), z.number()]), ['x', 1]],
    ['a record', z.record(z.string(), z.number()), { a: 1 }],
    [
      'an intersection',
      z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() })),
      { a: '', b: '' },
    ],
  ])('lets pass %s', (_what, schema, value) => {
    expect(gatewayAccepts(schema, value)).toBe(true);
  });

  it('accepts every body that the contract accepts', () => {
    const leaf = fc.constantFrom<z.ZodType>(
      z.string(),
      z.string().min(1).max(8),
      z.string().trim().min(1).max(2),
      z.int().min(-5).max(5),
      z.number().gt(0),
      z.boolean(),
      z.enum(['a', 'b']),
      z.literal(7),
      z.null(),
      z.coerce.number(),
      z.string().nullable(),
    );
    const { schema: schemas } = fc.letrec<{ schema: z.ZodType }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        leaf,
        tie('schema').map((item) => z.array(item).max(4)),
        fc
          .dictionary(fc.constantFrom('a', 'b', 'c'), tie('schema'), { maxKeys: 3 })
          .map((shape) => z.object(shape)),
        tie('schema').map((item) => item.optional()),
        fc.tuple(tie('schema'), tie('schema')).map((options) => z.union(options)),
        tie('schema').map((item) => z.record(z.string(), item)),
      ),
    }));
    const values = fc.jsonValue({ maxDepth: 3 });
    const few = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        fc.constantFrom<unknown>('', 'a', 'b', ' ab ', '😀', 0, 1, 1.5, 7, -5, true, null, '12'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    let accepted = 0;
    fc.assert(
      fc.property(schemas, fc.oneof(few, values), (schema, value) => {
        if (!strict(schema).safeParse(value).success) return;
        accepted += 1;
        expect(gatewayAccepts(schema, value)).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('accepts every valid body of generated contracts', () => {
    const bodies = schemaCases('request').chain(({ schema, values }) =>
      values.map((value) => ({ schema, value })),
    );
    fc.assert(
      fc.property(bodies, ({ schema, value }) => {
        expect(strict(schema).safeParse(value).success).toBe(true);
        expect(gatewayAccepts(schema, value)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
