import fc from 'fast-check';
import * as z from 'zod';

/** A schema, and values that it takes: as they are sent, before it transforms them. */
export interface SchemaCase {
  readonly schema: z.ZodType;
  readonly values: fc.Arbitrary<unknown>;
}

/** Creates a value that JSON can express by a codec only. */
const isoDate = () =>
  z.codec(z.iso.datetime(), z.date(), {
    decode: (text) => new Date(text),
    encode: (date) => date.toISOString(),
  });
const digits = () =>
  z.codec(z.string().regex(/^-?\d+$/), z.bigint(), { decode: BigInt, encode: (value) => value.toString() });

const texts = fc.string({ unit: 'grapheme', maxLength: 8 });
const numbers = fc
  .oneof(
    fc.integer({ min: -5, max: 5 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
  )
  // JSON has no -0.
  .map((value) => (value === 0 ? 0 : value));
const dates = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

const leaves: readonly SchemaCase[] = [
  { schema: z.string(), values: texts },
  { schema: z.string().min(1).max(3), values: fc.string({ minLength: 1, maxLength: 3 }) },
  { schema: z.string().trim().min(1).max(3), values: fc.constantFrom('a', ' ab ', '\tabc\n') },
  { schema: z.string().regex(/^\p{L}+$/u), values: fc.constantFrom('é', 'abc', '漢字') },
  { schema: z.int(), values: fc.maxSafeInteger() },
  { schema: z.int().min(-5).max(5), values: fc.integer({ min: -5, max: 5 }) },
  { schema: z.number(), values: numbers },
  { schema: z.number().gt(0).lt(1), values: fc.constantFrom(0.5, 1e-9) },
  { schema: z.number().multipleOf(0.5), values: fc.constantFrom(0, 0.5, -3) },
  { schema: z.boolean(), values: fc.boolean() },
  { schema: z.enum(['a', 'b']), values: fc.constantFrom('a', 'b') },
  { schema: z.literal([7, 'x']), values: fc.constantFrom(7, 'x') },
  { schema: z.null(), values: fc.constant(null) },
  { schema: z.uuid(), values: fc.uuid({ version: 4 }) },
  { schema: z.iso.datetime(), values: dates },
  { schema: isoDate(), values: dates },
  { schema: digits(), values: fc.bigInt().map(String) },
];

/** Schemas for requests only: their transformation has no inverse. */
const requestLeaves: readonly SchemaCase[] = [
  { schema: z.string().transform((text) => text.length), values: texts },
  { schema: z.coerce.number(), values: fc.constantFrom(1, '2', true) },
  {
    schema: z.preprocess((value) => (Object(value) === value ? '' : String(value)), z.string()),
    values: numbers,
  },
  { schema: z.int().catch(0), values: fc.constantFrom(1, 'x', null) },
];

/** Generated schemas of bodies with values that they take. */
export function schemaCases(direction: 'request' | 'response'): fc.Arbitrary<SchemaCase> {
  const leaf = fc.constantFrom(...leaves, ...(direction === 'request' ? requestLeaves : []));
  return fc.letrec<{ any: SchemaCase }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      leaf,
      tie('any').map(({ schema, values }) => ({
        schema: z.array(schema).max(3),
        values: fc.array(values, { maxLength: 3 }),
      })),
      fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map(tupleOf),
      fc
        .dictionary(fc.constantFrom('a', 'b', 'two words', 'ü'), property(tie('any')), { maxKeys: 3 })
        .map(objectOf),
      tie('any').map(({ schema, values }) => ({
        schema: z.record(z.string(), schema),
        values: fc.dictionary(
          texts.filter((key) => key !== '__proto__'),
          values,
          { maxKeys: 3 },
        ),
      })),
      tie('any').map(({ schema, values }) => ({ schema: schema.nullable(), values: fc.option(values) })),
      tie('any').map(({ schema, values }) => ({ schema: schema.readonly(), values })),
      fc.tuple(tie('any'), tie('any')).map(([one, other]) => ({
        schema: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('one'), value: one.schema }),
          z.object({ kind: z.literal('other'), value: other.schema }),
        ]),
        values: fc.oneof(
          one.values.map((value) => ({ kind: 'one', value })),
          other.values.map((value) => ({ kind: 'other', value })),
        ),
      })),
    ),
  })).any;
}

/** A property that may be left out, or has a default, or neither. */
function property(
  cases: fc.Arbitrary<SchemaCase>,
): fc.Arbitrary<SchemaCase & { readonly isOptional: boolean }> {
  return fc.oneof(
    cases.map((one) => ({ ...one, isOptional: false })),
    cases.map(({ schema, values }) => ({ schema: schema.optional(), values, isOptional: true })),
    fc.constant({ schema: z.string().default('given'), values: texts, isOptional: true }),
  );
}

function objectOf(shape: Record<string, SchemaCase & { readonly isOptional: boolean }>): SchemaCase {
  const entries = Object.entries(shape);
  return {
    schema: z.object(Object.fromEntries(entries.map(([name, { schema }]) => [name, schema]))),
    values: fc.record(Object.fromEntries(entries.map(([name, { values }]) => [name, values])), {
      requiredKeys: entries.filter(([, { isOptional }]) => !isOptional).map(([name]) => name),
      noNullPrototype: true,
    }),
  };
}

function tupleOf(items: readonly SchemaCase[]): SchemaCase {
  return {
    schema: z.tuple(items.map(({ schema }) => schema) as [z.ZodType, ...z.ZodType[]]),
    values: fc.tuple(...items.map(({ values }) => values)),
  };
}

/** Generated values of a query or of headers: texts on their way. */
export const textCases: fc.Arbitrary<SchemaCase> = fc.constantFrom<SchemaCase>(
  { schema: z.string(), values: texts },
  { schema: z.coerce.number(), values: numbers },
  { schema: z.coerce.number().int().min(1).max(100).default(20), values: fc.integer({ min: 1, max: 100 }) },
  { schema: z.stringbool(), values: fc.boolean() },
  { schema: z.array(z.string()), values: fc.array(texts, { minLength: 1, maxLength: 3 }) },
  { schema: z.enum(['a', 'b']).optional(), values: fc.constantFrom('a', 'b') },
  { schema: isoDate(), values: dates },
  { schema: z.string().transform((text) => text.length), values: texts },
);
