import { binary, defineApi, defineProblem, Problem } from 'cdk-trellis/contract';
import * as z from 'zod';

const OutOfStock = defineProblem({ type: 'urn:problem:out-of-stock', title: 'Out of stock', status: 409 });
const ok = { 200: z.object({ name: z.string() }) };

/** Returns the error message of a contract with one operation. */
function errorsIn(operation: object): string {
  const complete = { method: 'POST', path: '/a', auth: 'public', responses: ok, ...operation };
  try {
    defineApi({ name: 'shop', version: '1.0.0' }, { a: complete } as never);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a type that JSON does not support is rejected with its path', () => {
  it.each([
    [
      'a Date',
      z.object({ lines: z.array(z.object({ at: z.date() })) }),
      '.lines[].at: JSON does not support date: use z.iso',
    ],
    ['a bigint', z.object({ amount: z.bigint() }), '.amount: JSON does not support bigint'],
    [
      'a Map',
      z.object({ prices: z.map(z.string(), z.int()) }),
      '.prices: JSON does not support map: use z.record()',
    ],
    ['a Set', z.object({ tags: z.set(z.string()) }), '.tags: JSON does not support set: use z.array()'],
    ['a symbol', z.object({ kind: z.symbol() }), '.kind: JSON does not support symbol'],
    ['a function', z.object({ run: z.function() }), '.run: JSON does not support function'],
    ['a promise', z.object({ later: z.promise(z.string()) }), '.later: JSON does not support promise'],
    ['NaN', z.tuple([z.nan()]), '[]: JSON does not support nan'],
    ['undefined in a list', z.array(z.undefined()), '[]: JSON does not support undefined'],
    ['a literal bigint', z.object({ one: z.literal(1n) }), '.one: JSON does not support bigint'],
    ['a value of a record', z.record(z.string(), z.date()), '.*: JSON does not support date'],
    ['an option', z.union([z.string(), z.date()]), 'JSON does not support date'],
    [
      'a side of an intersection',
      z.intersection(z.object({ at: z.date() }), z.object({})),
      '.at: JSON does not support date',
    ],
    ['the input of a transform', z.date().transform(String), 'JSON does not support date'],
  ])('%s', (_name, schema, message) => {
    expect(errorsIn({ body: schema })).toContain(`a: \`body\` ${message}`);
    expect(errorsIn({ responses: { 200: schema } })).toContain(`a: \`responses.200\` ${message}`);
  });

  it('also within a recursive schema', () => {
    const Tree = z.object({
      at: z.date(),
      get children(): z.ZodType {
        return z.array(Tree);
      },
    });
    expect(errorsIn({ body: Tree })).toContain('`body` .at: JSON does not support date');
  });

  it.each([
    ['a coercion', { body: z.object({ at: z.coerce.date(), amount: z.coerce.bigint() }) }],
    ['a codec from a JSON type', { body: isoDate(), responses: { 200: isoDate() } }],
    ['an optional property', { responses: { 200: z.object({ a: z.union([z.string(), z.undefined()]) }) } }],
    ['a transform in a request', { body: z.string().transform((text) => new Date(text)) }],
    ['no body, as undefined', { responses: { 204: z.undefined() } }],
    ['no body, as an empty declaration', { responses: { 204: {} } }],
  ])('but not %s', (_name, operation) => {
    expect(errorsIn(operation)).toBe('');
  });
});

function isoDate() {
  return z.codec(z.iso.datetime(), z.date(), {
    decode: (text) => new Date(text),
    encode: (date) => date.toISOString(),
  });
}

describe('a response that cannot be encoded is rejected:', () => {
  it.each([
    ['a transform', z.object({ a: z.string().transform(Number) }), '.a: a response cannot have a transform'],
    ['a preprocessing', z.preprocess(String, z.string()), 'a response cannot have a transform'],
    ['a catch', z.string().catch('x'), 'a response cannot have .catch()'],
    ['a coerced date', z.coerce.date(), 'JSON does not support date'],
    ['an optional item', z.array(z.string().optional()), '[]: JSON does not support undefined'],
  ])('%s', (_name, schema, message) => {
    expect(errorsIn({ responses: { 200: schema } })).toContain(`a: \`responses.200\` ${message}`);
  });
});

describe('a query parameter, which arrives as text,', () => {
  it.each([
    ['a number', z.number(), 'number'],
    ['an optional number', z.int().optional(), 'number'],
    ['a boolean', z.boolean(), 'boolean'],
    ['an object', z.object({}), 'object'],
    ['a list of numbers', z.array(z.number()), 'array'],
    ['a literal number', z.literal(7), 'literal'],
    ['a union of numbers', z.union([z.number(), z.null()]), 'union'],
  ])('cannot be %s', (_name, schema, type) => {
    expect(errorsIn({ query: z.object({ limit: schema }) })).toContain(
      `a: \`query.limit\` must accept text, got ${type}`,
    );
  });

  it.each([
    ['text', z.string()],
    ['a coerced number', z.coerce.number().default(1)],
    ['a boolean from text', z.stringbool()],
    ['a union with text', z.union([z.number(), z.string()])],
    ['a list of texts', z.array(z.string())],
    ['an enum', z.enum(['a', 'b'])],
  ])('may be %s', (_name, schema) => {
    expect(errorsIn({ query: z.object({ limit: schema }) })).toBe('');
  });

  it('can be a list, unlike one in a path or a header', () => {
    const list = z.object({ tag: z.array(z.string()) });
    expect(errorsIn({ path: '/a/{tag}', params: list })).toContain('`params.tag` must accept text');
    expect(errorsIn({ headers: list })).toContain('`headers.tag` must accept text');
  });
});

describe('headers', () => {
  it.each([
    ['authorization', '`headers` must not have the reserved header authorization: use `auth`'],
    ['Host', '`headers` must not have the reserved header Host: gateways and browsers set it'],
    ['content-length', 'reserved header content-length'],
    ['connection', 'reserved header connection'],
    ['content-type', 'reserved header content-type: the type of the body sets it'],
    ['accept', 'reserved header accept: declare several types of a response with `content`'],
    ['idempotency-key', 'use `idempotencyKey: true`'],
    ['x-correlation-id', 'use `correlationId`'],
    ['X-Tenant', 'names in lower case without spaces, got "X-Tenant"'],
  ])('of a request cannot be %s', (name, message) => {
    expect(errorsIn({ headers: z.object({ [name]: z.string() }) })).toContain(message);
  });

  it.each(['content-length', 'sunset', 'Location'])('of a response cannot be %s', (name) => {
    const response = { headers: z.object({ [name]: z.string() }) };
    expect(errorsIn({ responses: { 204: response } })).toContain('`responses.204.headers`');
  });

  it.each([
    ['a number', z.number(), 'got number: use z.coerce.number()'],
    ['a boolean', z.boolean().optional(), 'got boolean: use z.stringbool()'],
    ['a Date', z.date(), 'got date: use z.codec() from z.string() to a Date'],
    ['a coerced Date', z.coerce.date(), 'got date: use z.codec() from z.string() to a Date'],
    ['an object', z.object({ a: z.string() }), 'got object: use a codec from z.string()'],
    ['a list', z.array(z.string()), 'got array: use z.codec() from z.string() to a list'],
    ['null', z.string().nullable(), 'must not be null, which a header cannot represent: use .optional()'],
  ])('of a response cannot be %s', (_name, schema, message) => {
    const response = { headers: z.object({ 'x-when': schema }) };
    expect(errorsIn({ responses: { 204: response } })).toContain(
      `\`responses.204.headers.x-when\` ${
        message.startsWith('got') ? 'must be sendable as text, ' : ''
      }${message}`,
    );
  });

  it.each([
    ['text', z.string().optional()],
    ['a coerced number', z.coerce.number()],
    ['a boolean as text', z.stringbool()],
    ['an enum', z.enum(['a', 'b'])],
    [
      'a codec',
      z.codec(z.string(), z.date(), {
        decode: (text) => new Date(text),
        encode: (date) => date.toISOString(),
      }),
    ],
  ])('of a response may be %s', (_name, schema) => {
    expect(errorsIn({ responses: { 204: { headers: z.object({ 'x-when': schema }) } } })).toBe('');
  });

  it('of a response may have several cookies', () => {
    const headers = z.object({ 'set-cookie': z.array(z.string()) });
    expect(errorsIn({ responses: { 204: { headers } } })).toBe('');
  });

  it('cannot be strict, because every request has undeclared headers', () => {
    expect(errorsIn({ headers: z.strictObject({ 'x-tenant': z.string() }) })).toContain(
      '`headers` must not be strict',
    );
  });

  it('may have other names', () => {
    expect(
      errorsIn({ headers: z.object({ 'x-tenant': z.string(), 'if-match': z.string().optional() }) }),
    ).toBe('');
  });
});

describe('responses', () => {
  it.each([
    [
      'without a schema',
      { 200: undefined },
      '`responses.200` must be a schema, binary() or { body }, or {} for no body, got undefined',
    ],
    ['with an unknown property', { 200: { bodi: z.string() } }, 'unknown property `responses.200.bodi`'],
    [
      'with both `body` and `content`',
      { 200: { body: z.string(), content: {} } },
      'must not have both `body` and `content`',
    ],
    ['with a body and a status without one', { 204: z.string() }, '`responses.204` must not have a body'],
    ['with 304', { ...ok, 304: {} }, 'must not have 304, which `route()` returns'],
    [
      'with a status of the gateway that is not Problem',
      { ...ok, 429: z.string() },
      '`responses.429` must be Problem',
    ],
    [
      'with several types and no choice',
      { 200: binary(['image/png', 'image/gif']) },
      'must use `content` to choose between',
    ],
    [
      'with bytes of another type',
      { 200: { content: { 'image/gif': binary('image/png') } } },
      'must have image/png as the key of its bytes, got image/gif',
    ],
    [
      'with an invalid content type',
      { 200: { content: { csv: z.string() } } },
      'must have types like text/csv, got "csv"',
    ],
  ])('%s are rejected', (_name, responses, message) => {
    expect(errorsIn({ responses })).toContain(message);
  });

  it('and errors with the same status are rejected', () => {
    expect(errorsIn({ responses: { ...ok, 409: Problem }, errors: [OutOfStock] })).toContain(
      '409 must not be in both `responses` and `errors` (urn:problem:out-of-stock)',
    );
  });

  it('with a duplicate problem are rejected', () => {
    expect(errorsIn({ errors: [OutOfStock, OutOfStock] })).toContain(
      'must have unique types, got urn:problem:out-of-stock twice',
    );
  });
});

describe('examples', () => {
  it('that do not match the schema of the body are rejected with their name and path', () => {
    const body = z.object({ lines: z.array(z.object({ quantity: z.int() })) });
    const examples = { good: { lines: [] }, bad: { lines: [{ quantity: 'two' }] } };
    expect(errorsIn({ body, examples })).toMatch(
      /a: `examples\.bad\.lines\[0\]\.quantity` does not match the schema: .*expected number/,
    );
  });

  it('with a property that the schema does not declare are rejected', () => {
    const response = { body: z.object({ name: z.string() }), examples: { lamp: { name: 'Lamp', prize: 1 } } };
    expect(errorsIn({ responses: { 200: response } })).toContain(
      '`responses.200.examples.lamp` does not match the schema',
    );
  });

  it('without a body are rejected', () => {
    expect(errorsIn({ examples: { a: 1 } })).toContain('`examples` requires a JSON body');
    const response = { body: binary('image/png'), examples: { a: 1 } };
    expect(errorsIn({ responses: { 200: response } })).toContain(
      '`responses.200.examples` requires a JSON body',
    );
  });

  it('that match are accepted', () => {
    const response = { body: z.object({ at: isoDate() }), examples: { now: { at: '2027-01-01T00:00:00Z' } } };
    expect(errorsIn({ responses: { 200: response } })).toBe('');
  });
});

describe('a deprecation', () => {
  it.each([
    [
      { since: 'yesterday' },
      '`deprecated.since` must be a day like 2027-01-31 or a time in UTC, got "yesterday"',
    ],
    [{ since: '2027-13-40' }, '`deprecated.since` must be a valid date'],
    [{ since: '2027-02-01', sunset: '2027-01-01' }, '`deprecated.sunset` must not be before `since`'],
    [{ see: 'the docs' }, '`deprecated.see` must be a URL, got "the docs"'],
    [{ from: '2027-01-01' }, '`deprecated` has no `from`'],
  ])('%j is rejected', (deprecated, message) => {
    expect(errorsIn({ deprecated })).toContain(message);
  });

  it('with dates and a page is accepted', () => {
    expect(
      errorsIn({
        deprecated: { since: '2027-01-31', sunset: '2027-07-31T12:00:00Z', see: 'https://example.com/v2' },
      }),
    ).toBe('');
  });
});

it('a GET with an idempotency key is rejected: it is idempotent already', () => {
  expect(errorsIn({ method: 'GET', idempotencyKey: true })).toContain(
    '`idempotencyKey` is not possible with GET',
  );
});

describe('binary', () => {
  it.each([0, 1.5, 4_500_001])('rejects a limit of %d bytes', (maxBytes) => {
    expect(() => binary('image/png', { maxBytes })).toThrow('from 1 to 4500000');
  });

  it.each(['png', 'image/*', 'IMAGE/PNG', 'text/csv; charset=utf-8'])(
    'rejects the content type %s',
    (type) => {
      expect(() => binary(type)).toThrow('must be like image/png');
    },
  );
});

describe('defineProblem', () => {
  const define = (change: object) => () =>
    defineProblem({ type: 'urn:x', title: 'X', status: 409, ...change });

  it.each([
    ['a status that is not an error', { status: 200 }, 'must be from 400 to 599, got 200'],
    ['a type that is not a URI', { type: 'out of stock' }, 'must be a URI like urn:problem:out-of-stock'],
    [
      'an extension with the name of a standard member',
      { extensions: z.object({ detail: z.int() }) },
      '`extensions` must not have `detail`',
    ],
  ])('rejects %s', (_name, change, message) => {
    expect(define(change)).toThrow(message);
  });
});

describe('every type error of a contract in JavaScript is reported', () => {
  it.each([
    [
      'an unknown method',
      { method: 'get' },
      '`method` must be one of GET, POST, PUT, PATCH, DELETE, got "get"',
    ],
    ['no path', { path: undefined }, '`path` must be a text like /orders/{orderId}, got undefined'],
    [
      'a body that is not a schema',
      { body: { n: 'string' } },
      '`body` must be a zod schema like `z.object({ ... })`, or `binary(...)`, got an object with n',
    ],
    [
      'a query that is not a schema',
      { query: ['n'] },
      '`query` must be a zod schema like `z.object({ ... })`, got a list',
    ],
    [
      'no responses',
      { responses: undefined },
      '`responses` must have responses by status, like `{ 200: Order }`, got undefined',
    ],
    [
      'errors that are not a list',
      { errors: OutOfStock },
      '`errors` must be a list of problems of `defineProblem`, got a function',
    ],
  ])('%s', (_name, change, message) => {
    expect(errorsIn(change)).toBe(`The contract of API "shop" is invalid:\n- a: ${message}`);
    expect(errorsIn({ ...change, body: 1 })).toContain('`body` must be a zod schema');
  });
});

describe('a contract is not validated', () => {
  afterEach(() => {
    delete process.env.AWS_LAMBDA_FUNCTION_NAME;
  });

  it('in Lambda', () => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'orders';
    expect(errorsIn({ method: 'GET', idempotencyKey: true })).toBe('');
  });
});

describe('names that API Gateway does not support', () => {
  it.each(['filter[name]', 'a b', 'größe', 'a/b', ''])('are rejected in a query: %j', (name) => {
    expect(errorsIn({ query: z.object({ [name]: z.string().optional() }) })).toContain(
      `\`query\` must have names of letters, digits and :._$-, the only characters that API Gateway supports, got "${name}"`,
    );
  });

  it.each(['filter.name', 'filter:name', '$top', 'page-size', 'a_b'])('do not include %s', (name) => {
    expect(errorsIn({ query: z.object({ [name]: z.string().optional() }) })).toBe('');
  });

  it('are rejected in headers', () => {
    expect(errorsIn({ headers: z.object({ 'x|y': z.string() }) })).toContain('got "x|y"');
  });

  it.each(['/ping', '/sping'] as const)('include the reserved path %s', (path) => {
    expect(errorsIn({ path })).toContain(`\`path\` must not be ${path}, which API Gateway reserves`);
    expect(errorsIn({ path: `${path}s` })).toBe('');
  });

  it('are rejected in a path', () => {
    expect(errorsIn({ path: '/~ann' })).toContain('`path` must be like /orders/{orderId}, got "/~ann"');
  });
});

describe('`idempotent`', () => {
  it.each<[object, string]>([
    [{ idempotent: false }, "`idempotent` must be true or options like `{ key: 'optional' }`, got false"],
    [{ idempotent: { ttl: 3 } }, 'unknown property `idempotent.ttl`'],
    [{ idempotent: { key: 'maybe' } }, "`idempotent.key` must be 'required' or 'optional', got maybe"],
    [
      { idempotent: { expiresAfterSeconds: 0.5 } },
      '`idempotent.expiresAfterSeconds` must be an integer from 1 to 31536000 (a year), got 0.5',
    ],
    [{ method: 'GET', idempotent: true }, '`idempotent` is not possible with GET'],
    [{ method: 'POST', idempotent: true, idempotencyKey: true }, 'must not both be set'],
    [
      { method: 'POST', idempotent: true, responses: { 201: z.string(), 409: z.string() } },
      '`responses.409` must be Problem, because `idempotent` also returns 409',
    ],
  ])('%j is rejected', (operation, error) => {
    expect(errorsIn(operation)).toContain(error);
  });

  it('may have options, and problems with its statuses', () => {
    const idempotent = { key: 'optional', expiresAfterSeconds: 60 };
    expect(errorsIn({ method: 'POST', idempotent, responses: { 201: z.string(), 409: Problem } })).toBe('');
  });
});
