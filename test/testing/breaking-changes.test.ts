import {
  binary,
  defineApi,
  defineProblem,
  type Operation,
  openApiDocument,
  Problem,
} from 'cdk-trellis/contract';
import { breakingChanges } from 'cdk-trellis/testing';
import fc from 'fast-check';
import * as z from 'zod';
import { strict } from '../../lib/contract/strict.js';
import { Closed } from '../fixtures/contract.js';
import { schemaCases } from '../support/arbitrary-schema.js';

const Order = z.object({ orderId: z.string(), note: z.string().optional() });

const base = {
  method: 'POST',
  path: '/orders/{orderId}',
  auth: 'user',
  query: z.object({ limit: z.coerce.number().int().max(10).optional(), day: z.string() }),
  headers: z.object({ 'x-shop': z.string().optional() }),
  body: z.object({ quantity: z.int().min(1).max(5), note: z.string().optional(), kind: z.enum(['a', 'b']) }),
  responses: { 200: { body: Order, headers: z.object({ location: z.string() }) }, 404: Problem },
} satisfies Operation;

const api = (operation: object, name = 'placeOrder') =>
  defineApi({ name: 'orders', version: '1.0.0' }, { [name]: { ...base, ...operation } as Operation });

/** What breaks when the operation is changed so. */
const changes = (change: object, from: object = {}) =>
  breakingChanges(api(from), api({ ...from, ...change })).map((text) =>
    text.replace(/^placeOrder \([^)]*\) /, ''),
  );

const body = (shape: z.ZodRawShape) => ({ body: base.body.extend(shape) });
const answer = (schema: z.ZodType) => ({
  responses: { ...base.responses, 200: { ...base.responses[200], body: schema } },
});

it('nothing breaks when nothing changes', () => {
  expect(changes({})).toEqual([]);
});

it('a change is named with its operation', () => {
  const renamed = breakingChanges(api({}), api({ path: '/orders/{id}', params: undefined }, 'addOrder'));
  expect(renamed).toEqual([
    'placeOrder (POST /orders/{orderId}) is called addOrder now',
    'placeOrder (POST /orders/{orderId}) has the path /orders/{id} now',
  ]);
  expect(breakingChanges(api({}), api({ method: 'PUT' }))).toEqual([
    'placeOrder (POST /orders/{orderId}) is gone',
  ]);
});

describe('breaking is', () => {
  it.each([
    [
      'a new required query parameter',
      { query: base.query.extend({ page: z.string() }) },
      'wants the query parameter page now',
    ],
    [
      'a parameter that became required',
      { query: z.object({ limit: z.coerce.number().int().max(10), day: z.string() }) },
      'wants the query parameter limit now',
    ],
    [
      'a query parameter that is gone',
      { query: z.object({ day: z.string() }) },
      'has no query parameter limit any more',
    ],
    [
      'a query parameter that takes less',
      { query: base.query.extend({ day: z.iso.date() }) },
      'takes less: query.day: `format` became "date"',
    ],
    [
      'a path parameter that takes less',
      { params: z.object({ orderId: z.string().max(5) }) },
      'takes less: path.orderId: `maxLength` became 5',
    ],
    [
      'a new required header',
      { headers: z.object({ 'x-shop': z.string() }) },
      'wants the header parameter x-shop now',
    ],
    ['an idempotency key', { idempotencyKey: true }, 'wants the header parameter idempotency-key now'],
    [
      'a new required property',
      body({ price: z.int() }),
      'takes less: body.price: is required, but may be left out',
    ],
    [
      'a property that became required',
      body({ note: z.string() }),
      'takes less: body.note: is required, but may be left out',
    ],
    [
      'a property that is gone',
      { body: base.body.omit({ note: true }) },
      'takes less: body.note: must not be there',
    ],
    [
      'a smaller range',
      body({ quantity: z.int().min(1).max(4) }),
      'takes less: body.quantity: must be at most 4',
    ],
    [
      'a pattern',
      body({ note: z.string().regex(/^a/).optional() }),
      'takes less: body.note: `pattern` became "^a"',
    ],
    ['another type', body({ quantity: z.string() }), 'takes less: body.quantity: integer became string'],
    [
      'a value that is gone',
      body({ kind: z.enum(['a']) }),
      'takes less: body.kind: "b" is not among its values',
    ],
    ['bytes instead of JSON', { body: binary('image/png') }, 'takes no application/json any more'],
    ['a status that is gone', { responses: { 200: base.responses[200] } }, 'answers no 404 any more'],
    ['a new status', { responses: { ...base.responses, 202: {} } }, 'answers 202 now'],
    ['a new problem', { errors: [Closed] }, 'answers 409 now'],
    [
      'a property of a response that is gone',
      answer(z.object({ note: z.string() })),
      'may answer more: 200.body.orderId: is required, but may be left out',
    ],
    [
      'a property of a response that may be left out',
      answer(Order.partial()),
      'may answer more: 200.body.orderId: is required, but may be left out',
    ],
    [
      'a property of a response that may be null',
      answer(z.object({ orderId: z.string().nullable() })),
      'may answer more: 200.body.orderId: null became string',
    ],
    [
      'a header of a response that is gone',
      { responses: { ...base.responses, 200: Order } },
      'answers 200 without the header location now',
    ],
    [
      'a body that is gone',
      { responses: { ...base.responses, 200: { headers: base.responses[200].headers } } },
      'answers 200 without application/json now',
    ],
    [
      'authorization that asks for more',
      { auth: { group: 'admins' } },
      'is for users group admins now, and was for users',
    ],
    ['authorization of another kind', { auth: 'iam' }, 'is for iam now, and was for users'],
    ['an API key', { apiKey: true }, 'is for users and apiKey now, and was for users'],
  ])('%s', (_what, change, message) => {
    expect(changes(change)).toContain(message);
  });

  it('another problem of one status, and a body where there was none', () => {
    const other = defineProblem({ type: 'urn:problem:full', title: 'Full', status: 409 });
    expect(changes({ errors: [Closed, other] }, { errors: [Closed] })).toEqual([
      expect.stringContaining('may answer more: 409.body.type: "urn:problem:full" is not among its values'),
    ]);
    expect(changes({ responses: { 200: z.string() } }, { responses: { 200: {} } })).toEqual([
      'answers 200 with a body now',
    ]);
    expect(changes({ body: z.string() }, { body: undefined })).toEqual(['wants a body now']);
  });

  it('a header of a response that may be missing', () => {
    const headers = (location: z.ZodType) => ({
      responses: { 200: { body: Order, headers: z.object({ location }) } },
    });
    expect(changes(headers(z.string().optional()), headers(z.string()))).toEqual([
      'may answer 200 without the header location now',
    ]);
  });
});

describe('not breaking is', () => {
  it.each([
    ['a new optional parameter', { query: base.query.extend({ page: z.string().optional() }) }],
    ['a parameter with a default', { query: base.query.extend({ page: z.string().default('1') }) }],
    ['a parameter that became optional', { query: base.query.extend({ day: z.string().optional() }) }],
    ['a header that nobody reads any more', { headers: undefined }],
    ['a new optional property', body({ gift: z.boolean().optional() })],
    ['a larger range', body({ quantity: z.number().min(0) })],
    ['a further value', body({ kind: z.enum(['a', 'b', 'c']) })],
    ['a further type', body({ quantity: z.union([z.int(), z.string()]) })],
    ['a loose object', { body: base.body.loose() }],
    ['a body that nobody reads any more', { body: undefined }],
    ['a new property of a response', answer(Order.extend({ total: z.int() }))],
    ['a property of a response that is there for sure now', answer(Order.required())],
    ['an optional property of a response that is gone', answer(z.object({ orderId: z.string() }))],
    ['a smaller range of a response', answer(Order.extend({ orderId: z.string().max(5) }))],
    [
      'a further header of a response',
      {
        responses: {
          ...base.responses,
          200: { body: Order, headers: z.object({ location: z.string(), etag: z.string() }) },
        },
      },
    ],
    ['an operation that is open to more', { auth: 'public' }],
    ['a text for people', { summary: 'Places an order', description: 'At once.', deprecated: true }],
  ])('%s', (_what, change) => {
    expect(changes(change)).toEqual([]);
  });

  it('a new operation', () => {
    const more = defineApi(
      { name: 'orders', version: '1.1.0' },
      { placeOrder: base, other: { ...base, path: '/other' } },
    );
    expect(breakingChanges(api({}), more)).toEqual([]);
  });

  it('a scope or a group that is no longer asked for', () => {
    expect(changes({ auth: 'user' }, { auth: { group: 'admins', scopes: ['orders/write'] } })).toEqual([]);
  });

  it('what is the same in a schema that contains itself, and what differs is', () => {
    const tree = (label: z.ZodType) => {
      const Tree = z.object({
        label,
        get children(): z.ZodType {
          return z.array(Tree);
        },
      });
      return Tree;
    };
    expect(changes(answer(tree(z.string().max(3))), answer(tree(z.string())))).toEqual([]);
    expect(changes(answer(tree(z.int())), answer(tree(z.string())))).toEqual([
      expect.stringContaining('may answer more: 200.body.label: integer became string'),
    ]);
  });
});

it('a released document stands for its contract', () => {
  const released = JSON.parse(JSON.stringify(openApiDocument(api({}))));
  expect(breakingChanges(released, api({}))).toEqual([]);
  expect(breakingChanges(released, api({ path: '/other/{orderId}' }))).toEqual([
    'placeOrder (POST /orders/{orderId}) is gone',
  ]);
});

describe('what is said not to break does not, for generated contracts:', () => {
  /** Two schemas that have much in common, and values of the first. */
  const pairs = (direction: 'request' | 'response') =>
    fc
      .tuple(schemaCases(direction), schemaCases(direction), fc.integer({ min: 0, max: 9 }))
      .map(([one, other, kind]) => ({ one, schema: altered(one.schema, other.schema, kind) }))
      .chain(({ one, schema }) => one.values.map((value) => ({ before: one.schema, after: schema, value })));

  it('a request that was valid still is', () => {
    let harmless = 0;
    fc.assert(
      fc.property(pairs('request'), ({ before, after, value }) => {
        const verdict = breakingChanges(api({ body: before }), api({ body: after }));
        if (verdict.length > 0 || !strict(before).safeParse(value).success) return;
        harmless += 1;
        expect(strict(after).safeParse(value)).toMatchObject({ success: true });
      }),
      { numRuns: 500 },
    );
    expect(harmless).toBeGreaterThan(100);
  }, 60_000);

  it('a response is one that the former client reads', () => {
    let harmless = 0;
    fc.assert(
      fc.property(pairs('response'), ({ before, after, value }) => {
        // The new service answers what the old one may not have.
        const verdict = breakingChanges(api(answer(after)), api(answer(before)));
        if (verdict.length > 0) return;
        harmless += 1;
        const sent = z.encode(before, before.parse(value) as never);
        expect(after.safeParse(JSON.parse(JSON.stringify(sent)))).toMatchObject({ success: true });
      }),
      { numRuns: 500 },
    );
    expect(harmless).toBeGreaterThan(100);
  }, 60_000);
});

/** The schema with something done to it that may or may not matter. */
function altered(schema: z.ZodType, other: z.ZodType, kind: number): z.ZodType {
  switch (kind) {
    case 0:
      return schema;
    case 1:
      return z.union([schema, other]);
    case 2:
      return schema.nullable();
    case 3:
      return schema instanceof z.ZodObject ? schema.extend({ a: other }) : z.array(schema);
    case 4:
      return schema instanceof z.ZodObject ? schema.partial() : other;
    case 5:
      return schema instanceof z.ZodObject ? schema.extend({ added: other.optional() }) : schema;
    case 6:
      return schema instanceof z.ZodArray ? schema.min(1) : schema;
    case 7:
      return schema instanceof z.ZodString ? schema.max(2) : schema;
    case 8:
      return z.union([other, schema]);
    default:
      return schema instanceof z.ZodNumber ? schema.max(3) : z.any();
  }
}
