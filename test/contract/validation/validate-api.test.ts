import { binary, defineApi, defineProblem, Problem } from 'cdk-trellis/contract';
import * as z from 'zod';

const OutOfStock = defineProblem({ type: 'urn:problem:out-of-stock', title: 'Out of stock', status: 409 });
const ok = { 200: z.object({ name: z.string() }) };

/** The errors in a contract with one operation. */
function errorsIn(operation: object): string {
  const whole = { method: 'POST', path: '/a', auth: 'public', responses: ok, ...operation };
  try {
    defineApi({ name: 'shop', version: '1.0.0' }, { a: whole } as never);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('what JSON has no form of is refused with its place', () => {
  it.each([
    [
      'a Date',
      z.object({ lines: z.array(z.object({ at: z.date() })) }),
      '.lines[].at: JSON has no date: use z.iso',
    ],
    ['a bigint', z.object({ amount: z.bigint() }), '.amount: JSON has no bigint'],
    ['a Map', z.object({ prices: z.map(z.string(), z.int()) }), '.prices: JSON has no map: use z.record()'],
    ['a Set', z.object({ tags: z.set(z.string()) }), '.tags: JSON has no set: use z.array()'],
    ['a symbol', z.object({ kind: z.symbol() }), '.kind: JSON has no symbol'],
    ['a function', z.object({ run: z.function() }), '.run: JSON has no function'],
    ['a promise', z.object({ later: z.promise(z.string()) }), '.later: JSON has no promise'],
    ['NaN', z.tuple([z.nan()]), '[]: JSON has no nan'],
    ['undefined in a list', z.array(z.undefined()), '[]: JSON has no undefined'],
    ['a literal bigint', z.object({ one: z.literal(1n) }), '.one: JSON has no bigint'],
    ['a value of a record', z.record(z.string(), z.date()), '.*: JSON has no date'],
    ['an option', z.union([z.string(), z.date()]), 'JSON has no date'],
    [
      'a side of an intersection',
      z.intersection(z.object({ at: z.date() }), z.object({})),
      '.at: JSON has no date',
    ],
    ['what comes in before a transformation', z.date().transform(String), 'JSON has no date'],
  ])('%s', (_what, schema, message) => {
    expect(errorsIn({ body: schema })).toContain(`a: \`body\` ${message}`);
    expect(errorsIn({ responses: { 200: schema } })).toContain(`a: \`responses.200\` ${message}`);
  });

  it('also within a schema that contains itself', () => {
    const Tree = z.object({
      at: z.date(),
      get children(): z.ZodType {
        return z.array(Tree);
      },
    });
    expect(errorsIn({ body: Tree })).toContain('`body` .at: JSON has no date');
  });

  it.each([
    ['a coercion of what is sent', { body: z.object({ at: z.coerce.date(), amount: z.coerce.bigint() }) }],
    ['a codec from what JSON has', { body: isoDate(), responses: { 200: isoDate() } }],
    ['what may be left out', { responses: { 200: z.object({ a: z.union([z.string(), z.undefined()]) }) } }],
    ['a transformation of what is sent', { body: z.string().transform((text) => new Date(text)) }],
    ['no body, as undefined', { responses: { 204: z.undefined() } }],
    ['no body, as nothing', { responses: { 204: {} } }],
  ])('but not %s', (_what, operation) => {
    expect(errorsIn(operation)).toBe('');
  });
});

function isoDate() {
  return z.codec(z.iso.datetime(), z.date(), {
    decode: (text) => new Date(text),
    encode: (date) => date.toISOString(),
  });
}

describe('a response that cannot be made of what the handler answers is refused:', () => {
  it.each([
    [
      'a transformation',
      z.object({ a: z.string().transform(Number) }),
      '.a: a transformation cannot be undone',
    ],
    ['a preprocessing', z.preprocess(String, z.string()), 'a transformation cannot be undone'],
    ['a value for errors', z.string().catch('x'), 'a value for errors would be sent'],
    ['a coerced date', z.coerce.date(), 'JSON has no date'],
    ['an optional item', z.array(z.string().optional()), '[]: JSON has no undefined'],
  ])('%s', (_what, schema, message) => {
    expect(errorsIn({ responses: { 200: schema } })).toContain(`a: \`responses.200\` ${message}`);
  });
});

describe('what arrives as text', () => {
  it.each([
    ['a number', z.number(), 'number'],
    ['an optional number', z.int().optional(), 'number'],
    ['a boolean', z.boolean(), 'boolean'],
    ['an object', z.object({}), 'object'],
    ['a list of numbers', z.array(z.number()), 'array'],
    ['a literal number', z.literal(7), 'literal'],
    ['a choice of numbers', z.union([z.number(), z.null()]), 'union'],
  ])('is never %s', (_what, schema, type) => {
    expect(errorsIn({ query: z.object({ limit: schema }) })).toContain(
      `a: \`query.limit\` arrives as text, which its schema (${type}) never takes`,
    );
  });

  it.each([
    ['text', z.string()],
    ['a coerced number', z.coerce.number().default(1)],
    ['a boolean made of text', z.stringbool()],
    ['a choice with text in it', z.union([z.number(), z.string()])],
    ['a list of texts', z.array(z.string())],
    ['an enum', z.enum(['a', 'b'])],
  ])('may be %s', (_what, schema) => {
    expect(errorsIn({ query: z.object({ limit: schema }) })).toBe('');
  });

  it('is no list in a path or a header', () => {
    const list = z.object({ tag: z.array(z.string()) });
    expect(errorsIn({ path: '/a/{tag}', params: list })).toContain('`params.tag` arrives as text');
    expect(errorsIn({ headers: list })).toContain('`headers.tag` arrives as text');
  });
});

describe('headers', () => {
  it.each([
    [
      'authorization',
      '`headers` has the reserved header authorization: say who may call the operation by `auth`',
    ],
    ['Host', '`headers` has the reserved header Host: it belongs to gateways'],
    ['content-length', 'reserved header content-length'],
    ['connection', 'reserved header connection'],
    ['content-type', 'reserved header content-type: it follows from the body'],
    ['accept', 'reserved header accept: give the response several types by `content`'],
    ['idempotency-key', 'use `idempotencyKey: true`'],
    ['x-correlation-id', 'every request and reply has it'],
    ['X-Tenant', 'names in lower case without spaces, got "X-Tenant"'],
  ])('of a request are not %s', (name, message) => {
    expect(errorsIn({ headers: z.object({ [name]: z.string() }) })).toContain(message);
  });

  it.each(['content-length', 'sunset', 'Location'])('of a response are not %s', (name) => {
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
    ['null', z.string().nullable(), 'must not be null, which a header cannot say: use .optional()'],
  ])('of a response are not %s', (_what, schema, message) => {
    const response = { headers: z.object({ 'x-when': schema }) };
    expect(errorsIn({ responses: { 204: response } })).toContain(
      `\`responses.204.headers.x-when\` ${
        message.startsWith('got') ? 'must have a form as text, ' : ''
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
  ])('of a response may be %s', (_what, schema) => {
    expect(errorsIn({ responses: { 204: { headers: z.object({ 'x-when': schema }) } } })).toBe('');
  });

  it('of a response may have several cookies', () => {
    const headers = z.object({ 'set-cookie': z.array(z.string()) });
    expect(errorsIn({ responses: { 204: { headers } } })).toBe('');
  });

  it('are not strict, as every request has others', () => {
    expect(errorsIn({ headers: z.strictObject({ 'x-tenant': z.string() }) })).toContain(
      '`headers` must not be strict',
    );
  });

  it('are taken otherwise', () => {
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
      '`responses.200` must be a schema, binary() or { body }, got undefined',
    ],
    ['with a property that none has', { 200: { bodi: z.string() } }, '`responses.200` has no `bodi`'],
    ['with a body in two ways', { 200: { body: z.string(), content: {} } }, '`body` or `content`, not both'],
    ['with a body where HTTP has none', { 204: z.string() }, '`responses.204` has a body'],
    ['with 304', { ...ok, 304: {} }, '304, which `route()` answers itself'],
    [
      'with a refusal of the gateway in a form of its own',
      { ...ok, 429: z.string() },
      '`responses.429` must be Problem',
    ],
    [
      'with several types and no choice',
      { 200: binary(['image/png', 'image/gif']) },
      'must say by `content` which',
    ],
    [
      'with bytes of another type',
      { 200: { content: { 'image/gif': binary('image/png') } } },
      'has image/gif with bytes of image/png',
    ],
    [
      'with a type that is none',
      { 200: { content: { csv: z.string() } } },
      'must have types like text/csv, got "csv"',
    ],
  ])('%s are refused', (_what, responses, message) => {
    expect(errorsIn({ responses })).toContain(message);
  });

  it('and errors of one status are refused', () => {
    expect(errorsIn({ responses: { ...ok, 409: Problem }, errors: [OutOfStock] })).toContain(
      '409 is in `responses` and in `errors` (urn:problem:out-of-stock)',
    );
  });

  it('and a problem twice are refused', () => {
    expect(errorsIn({ errors: [OutOfStock, OutOfStock] })).toContain(
      'two problems of the type urn:problem:out-of-stock',
    );
  });
});

describe('examples', () => {
  it('that break the schema of the body are refused with their name and place', () => {
    const body = z.object({ lines: z.array(z.object({ quantity: z.int() })) });
    const examples = { good: { lines: [] }, bad: { lines: [{ quantity: 'two' }] } };
    expect(errorsIn({ body, examples })).toMatch(
      /a: `examples` has "bad", which breaks the schema at \.lines\[0\]\.quantity: .*expected number/,
    );
  });

  it('with a property that the schema does not declare are refused', () => {
    const response = { body: z.object({ name: z.string() }), examples: { lamp: { name: 'Lamp', prize: 1 } } };
    expect(errorsIn({ responses: { 200: response } })).toContain('`responses.200.examples` has "lamp"');
  });

  it('without a body are refused', () => {
    expect(errorsIn({ examples: { a: 1 } })).toContain('`examples` is for JSON bodies, and there is none');
    const response = { body: binary('image/png'), examples: { a: 1 } };
    expect(errorsIn({ responses: { 200: response } })).toContain(
      '`responses.200.examples` is for JSON bodies',
    );
  });

  it('that fit are taken', () => {
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
    [{ since: '2027-13-40' }, '`deprecated.since` is no date'],
    [{ since: '2027-02-01', sunset: '2027-01-01' }, '`deprecated.sunset` must not be before `since`'],
    [{ see: 'the docs' }, '`deprecated.see` must be a URL, got "the docs"'],
    [{ from: '2027-01-01' }, '`deprecated` has no `from`'],
  ])('%j is refused', (deprecated, message) => {
    expect(errorsIn({ deprecated })).toContain(message);
  });

  it('with dates and a page is taken', () => {
    expect(
      errorsIn({
        deprecated: { since: '2027-01-31', sunset: '2027-07-31T12:00:00Z', see: 'https://example.com/v2' },
      }),
    ).toBe('');
  });
});

it('a GET with an idempotency key is refused: it changes nothing', () => {
  expect(errorsIn({ method: 'GET', idempotencyKey: true })).toContain('a GET needs no `idempotencyKey`');
});

describe('binary', () => {
  it.each([0, 1.5, 4_500_001])('refuses a limit of %d bytes', (maxBytes) => {
    expect(() => binary('image/png', { maxBytes })).toThrow('from 1 to 4500000');
  });

  it.each(['png', 'image/*', 'IMAGE/PNG', 'text/csv; charset=utf-8'])(
    'refuses the content type %s',
    (type) => {
      expect(() => binary(type)).toThrow('must be like image/png');
    },
  );
});

describe('defineProblem', () => {
  const define = (change: object) => () =>
    defineProblem({ type: 'urn:x', title: 'X', status: 409, ...change });

  it.each([
    ['a status that is no error', { status: 200 }, 'must be from 400 to 599, got 200'],
    ['a type that is no URI', { type: 'out of stock' }, 'must be a URI like urn:problem:out-of-stock'],
    [
      'an extension that every problem has',
      { extensions: z.object({ detail: z.int() }) },
      'extension `detail`',
    ],
  ])('refuses %s', (_what, change, message) => {
    expect(define(change)).toThrow(message);
  });
});

describe('what the compiler tells users of TypeScript is told to others, all of it', () => {
  it.each([
    [
      'a method that there is not',
      { method: 'get' },
      '`method` must be one of GET, POST, PUT, PATCH, DELETE, got "get"',
    ],
    ['no path', { path: undefined }, '`path` must be a text like /orders/{orderId}, got undefined'],
    [
      'a body that is no schema',
      { body: { n: 'string' } },
      '`body` must be a schema of zod, as in `z.object({ ... })`, or `binary(...)`, got an object with n',
    ],
    [
      'a query that is none',
      { query: ['n'] },
      '`query` must be a schema of zod, as in `z.object({ ... })`, got a list',
    ],
    [
      'no responses',
      { responses: undefined },
      '`responses` must say what is answered by status, as in `{ 200: Order }`, got undefined',
    ],
    [
      'errors that are no list',
      { errors: OutOfStock },
      '`errors` must be a list of problems made with `defineProblem`, got a function',
    ],
  ])('%s', (_what, change, message) => {
    expect(errorsIn(change)).toBe(`The contract of API "shop" cannot be served:\n- a: ${message}`);
    expect(errorsIn({ ...change, body: 1 })).toContain('`body` must be a schema of zod');
  });
});

describe('where a contract has been checked before, it costs no time:', () => {
  afterEach(() => {
    delete process.env.AWS_LAMBDA_FUNCTION_NAME;
  });

  it('in Lambda', () => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'orders';
    expect(errorsIn({ method: 'GET', idempotencyKey: true })).toBe('');
  });
});

describe('names that API Gateway does not import', () => {
  it.each(['filter[name]', 'a b', 'größe', 'a/b', ''])('are refused in a query: %j', (name) => {
    expect(errorsIn({ query: z.object({ [name]: z.string().optional() }) })).toContain(
      `\`query\` must have names of letters, digits and :._$- only, which is all that API Gateway takes, got "${name}"`,
    );
  });

  it.each(['filter.name', 'filter:name', '$top', 'page-size', 'a_b'])('are not these: %s', (name) => {
    expect(errorsIn({ query: z.object({ [name]: z.string().optional() }) })).toBe('');
  });

  it('are refused in headers', () => {
    expect(errorsIn({ headers: z.object({ 'x|y': z.string() }) })).toContain('got "x|y"');
  });

  it.each(['/ping', '/sping'] as const)('are not the paths that API Gateway answers itself: %s', (path) => {
    expect(errorsIn({ path })).toContain(`\`path\` must not be ${path}, which API Gateway answers itself`);
    expect(errorsIn({ path: `${path}s` })).toBe('');
  });

  it('are refused in a path', () => {
    expect(errorsIn({ path: '/~ann' })).toContain('`path` must be like /orders/{orderId}, got "/~ann"');
  });
});

describe('`idempotent`', () => {
  it.each<[object, string]>([
    [{ idempotent: false }, "`idempotent` must be true or terms, as in `{ key: 'optional' }`, got false"],
    [{ idempotent: { ttl: 3 } }, '`idempotent` has no `ttl`'],
    [{ idempotent: { key: 'maybe' } }, "`idempotent.key` must be 'required' or 'optional', got maybe"],
    [
      { idempotent: { expiresAfterSeconds: 0.5 } },
      '`idempotent.expiresAfterSeconds` must be an integer from 1 to 31536000, got 0.5',
    ],
    [{ method: 'GET', idempotent: true }, 'a GET needs no `idempotent`: it changes nothing'],
    [{ method: 'POST', idempotent: true, idempotencyKey: true }, 'must not both be set'],
    [
      { method: 'POST', idempotent: true, responses: { 201: z.string(), 409: z.string() } },
      '`responses.409` must be Problem, as an operation that is `idempotent` answers 409, too',
    ],
  ])('%j is refused', (operation, error) => {
    expect(errorsIn(operation)).toContain(error);
  });

  it('may have terms, and problems of its statuses beside its own', () => {
    const idempotent = { key: 'optional', expiresAfterSeconds: 60 };
    expect(errorsIn({ method: 'POST', idempotent, responses: { 201: z.string(), 409: Problem } })).toBe('');
  });
});
