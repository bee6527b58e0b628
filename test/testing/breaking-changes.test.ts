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
import { schemaCases } from '../support/arbitrary-schema.js';

const Order = z.object({ orderId: z.string(), note: z.string().optional() });
const Closed = defineProblem({ type: 'urn:problem:closed', title: 'Closed', status: 409 });

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

/** Returns the breaking changes of an operation's change. */
const changes = (change: object, from: object = {}) =>
  breakingChanges(api(from), api({ ...from, ...change })).map((text) =>
    text.replace(/^placeOrder \([^)]*\) /, ''),
  );

const body = (shape: z.ZodRawShape) => ({ body: base.body.extend(shape) });
const withResponse = (schema: z.ZodType) => ({
  responses: { ...base.responses, 200: { ...base.responses[200], body: schema } },
});

it('nothing breaks when nothing changes', () => {
  expect(changes({})).toEqual([]);
});

it('a change is named with its operation', () => {
  const renamed = breakingChanges(api({}), api({ path: '/orders/{id}', params: undefined }, 'addOrder'));
  expect(renamed).toEqual([
    'placeOrder (POST /orders/{orderId}) was renamed to addOrder',
    'placeOrder (POST /orders/{orderId}) moved to /orders/{id}',
  ]);
  expect(breakingChanges(api({}), api({ method: 'PUT' }))).toEqual([
    'placeOrder (POST /orders/{orderId}) was removed',
  ]);
});

describe('breaking is', () => {
  it.each([
    [
      'a new required query parameter',
      { query: base.query.extend({ page: z.string() }) },
      'requires the query parameter page',
    ],
    [
      'a parameter that became required',
      { query: z.object({ limit: z.coerce.number().int().max(10), day: z.string() }) },
      'requires the query parameter limit',
    ],
    [
      'a query parameter that is removed',
      { query: z.object({ day: z.string() }) },
      'no longer accepts the query parameter limit',
    ],
    [
      'a query parameter that accepts less',
      { query: base.query.extend({ day: z.iso.date() }) },
      'accepts less: query.day: `format` became "date"',
    ],
    [
      'a path parameter that accepts less',
      { params: z.object({ orderId: z.string().max(5) }) },
      'accepts less: path.orderId: `maxLength` became 5',
    ],
    [
      'a new required header',
      { headers: z.object({ 'x-shop': z.string() }) },
      'requires the header parameter x-shop',
    ],
    ['an idempotency key', { idempotencyKey: true }, 'requires the header parameter idempotency-key'],
    [
      'a new required property',
      body({ price: z.int() }),
      'accepts less: body.price: is required, but may be absent',
    ],
    [
      'a property that became required',
      body({ note: z.string() }),
      'accepts less: body.note: is required, but may be absent',
    ],
    [
      'a property that is removed',
      { body: base.body.omit({ note: true }) },
      'accepts less: body.note: must be absent',
    ],
    [
      'a smaller range',
      body({ quantity: z.int().min(1).max(4) }),
      'accepts less: body.quantity: must be at most 4',
    ],
    [
      'a pattern',
      body({ note: z.string().regex(/^a/).optional() }),
      'accepts less: body.note: `pattern` became "^a"',
    ],
    [
      'a pattern that other languages cannot express',
      body({
        note: z
          .string()
          .regex(/^\p{L}+$/u)
          .optional(),
      }),
      'accepts less: body.note: `x-pattern` became "/^\\\\p{L}+$/u"',
    ],
    ['another type', body({ quantity: z.string() }), 'accepts less: body.quantity: integer became string'],
    [
      'a value that is removed',
      body({ kind: z.enum(['a']) }),
      'accepts less: body.kind: "b" is not among its values',
    ],
    ['bytes instead of JSON', { body: binary('image/png') }, 'no longer accepts application/json'],
    ['a status that is removed', { responses: { 200: base.responses[200] } }, 'no longer returns 404'],
    ['a new status', { responses: { ...base.responses, 202: {} } }, 'newly returns 202'],
    ['a new problem', { errors: [Closed] }, 'newly returns 409'],
    [
      'a property of a response that is removed',
      withResponse(z.object({ note: z.string() })),
      'may return more: 200.body.orderId: is required, but may be absent',
    ],
    [
      'a property of a response that may be left out',
      withResponse(Order.partial()),
      'may return more: 200.body.orderId: is required, but may be absent',
    ],
    [
      'a property of a response that may be null',
      withResponse(z.object({ orderId: z.string().nullable() })),
      'may return more: 200.body.orderId: null became string',
    ],
    [
      'a header of a response that is removed',
      { responses: { ...base.responses, 200: Order } },
      'returns 200 without the header location',
    ],
    [
      'a body that is removed',
      { responses: { ...base.responses, 200: { headers: base.responses[200].headers } } },
      'returns 200 without application/json',
    ],
    [
      'stricter authorization',
      { auth: { group: 'admins' } },
      'changed its authorization from users to users group admins',
    ],
    ['authorization of another kind', { auth: 'iam' }, 'changed its authorization from users to iam'],
    ['an API key', { apiKey: true }, 'changed its authorization from users to users and apiKey'],
  ])('%s', (_name, change, message) => {
    expect(changes(change)).toContain(message);
  });

  it('another problem with the same status, and a new body', () => {
    const other = defineProblem({ type: 'urn:problem:full', title: 'Full', status: 409 });
    expect(changes({ errors: [Closed, other] }, { errors: [Closed] })).toEqual([
      expect.stringContaining('may return more: 409.body.type: "urn:problem:full" is not among its values'),
    ]);
    expect(changes({ responses: { 200: z.string() } }, { responses: { 200: {} } })).toEqual([
      'returns 200 with a body',
    ]);
    expect(changes({ body: z.string() }, { body: undefined })).toEqual(['requires a body']);
  });

  it('a response that no longer matches a pattern that other languages cannot express', () => {
    const letters = withResponse(Order.extend({ orderId: z.string().regex(/^\p{L}+$/u) }));
    expect(changes(withResponse(Order.extend({ orderId: z.iso.datetime() })), letters)).toEqual([
      'may return more: 200.body.orderId: `x-pattern` became "/^\\\\p{L}+$/u"',
    ]);
    const ids = (...values: string[]) => withResponse(Order.extend({ orderId: z.enum(values) }));
    expect(changes(ids('a', 'é'), letters)).toEqual([]);
    expect(changes(ids('a', '1'), letters)).toEqual([
      'may return more: 200.body.orderId: "1" is not among its values',
    ]);
  });

  it('a header of a response that may be missing', () => {
    const headers = (location: z.ZodType) => ({
      responses: { 200: { body: Order, headers: z.object({ location }) } },
    });
    expect(changes(headers(z.string().optional()), headers(z.string()))).toEqual([
      'may return 200 without the header location',
    ]);
  });
});

describe('not breaking is', () => {
  it.each([
    ['a new optional parameter', { query: base.query.extend({ page: z.string().optional() }) }],
    ['a parameter with a default', { query: base.query.extend({ page: z.string().default('1') }) }],
    ['a parameter that became optional', { query: base.query.extend({ day: z.string().optional() }) }],
    ['a header that is ignored', { headers: undefined }],
    ['a new optional property', body({ gift: z.boolean().optional() })],
    ['a larger range', body({ quantity: z.number().min(0) })],
    ['a further value', body({ kind: z.enum(['a', 'b', 'c']) })],
    ['a further type', body({ quantity: z.union([z.int(), z.string()]) })],
    ['a loose object', { body: base.body.loose() }],
    ['a body that is ignored', { body: undefined }],
    ['a new property of a response', withResponse(Order.extend({ total: z.int() }))],
    ['a property of a response that became required', withResponse(Order.required())],
    ['an optional property of a response that is removed', withResponse(z.object({ orderId: z.string() }))],
    ['a smaller range of a response', withResponse(Order.extend({ orderId: z.string().max(5) }))],
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
  ])('%s', (_name, change) => {
    expect(changes(change)).toEqual([]);
  });

  it('a new operation', () => {
    const more = defineApi(
      { name: 'orders', version: '1.1.0' },
      { placeOrder: base, other: { ...base, path: '/other' } },
    );
    expect(breakingChanges(api({}), more)).toEqual([]);
  });

  it('a scope or a group that was required before', () => {
    expect(changes({ auth: 'user' }, { auth: { group: 'admins', scopes: ['orders/write'] } })).toEqual([]);
  });

  it('an equal part of a recursive schema, but a different part is', () => {
    const tree = (label: z.ZodType) => {
      const Tree = z.object({
        label,
        get children(): z.ZodType {
          return z.array(Tree);
        },
      });
      return Tree;
    };
    expect(changes(withResponse(tree(z.string().max(3))), withResponse(tree(z.string())))).toEqual([]);
    expect(changes(withResponse(tree(z.int())), withResponse(tree(z.string())))).toEqual([
      expect.stringContaining('may return more: 200.body.label: integer became string'),
    ]);
  });
});

it('a released document replaces its contract', () => {
  const released = JSON.parse(JSON.stringify(openApiDocument(api({}))));
  expect(breakingChanges(released, api({}))).toEqual([]);
  expect(breakingChanges(released, api({ path: '/other/{orderId}' }))).toEqual([
    'placeOrder (POST /orders/{orderId}) was removed',
  ]);
});

describe('a compatible change breaks no caller, for generated contracts:', () => {
  /** Two similar schemas, and values of the first. */
  const pairs = (direction: 'request' | 'response') =>
    fc
      .tuple(schemaCases(direction), schemaCases(direction), fc.integer({ min: 0, max: 9 }))
      .map(([first, second, kind]) => ({ first, schema: altered(first.schema, second.schema, kind) }))
      .chain(({ first, schema }) =>
        first.values.map((value) => ({ before: first.schema, after: schema, value })),
      );

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
  });

  it('the former client reads every response', () => {
    let harmless = 0;
    fc.assert(
      fc.property(pairs('response'), ({ before, after, value }) => {
        // The new service returns a response of the new contract.
        const verdict = breakingChanges(api(withResponse(after)), api(withResponse(before)));
        if (verdict.length > 0) return;
        harmless += 1;
        const sent = z.encode(before, before.parse(value) as never);
        expect(after.safeParse(JSON.parse(JSON.stringify(sent)))).toMatchObject({ success: true });
      }),
      { numRuns: 500 },
    );
    expect(harmless).toBeGreaterThan(100);
  });
});

/** Returns the schema with a change that may be compatible or not. */
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
