import { restEvent } from 'cdk-trellis/testing';
import fc from 'fast-check';
import { anything, call, expectNoErrorsLogged, mine, record, tree } from './any-json.js';

expectNoErrorsLogged();

const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);

describe('a body', () => {
  it.each([
    ['lists', nested(101, '[', ']'), 101],
    ['objects', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, 5000],
    ['a schema that contains itself', `${'{"children":['.repeat(400_00)}`, 80_000],
    ['a million lists that never end', '['.repeat(1_000_000), 1_000_000],
  ])('nested too deep, of %s, is refused', async (_what, body, depth) => {
    for (const handler of [anything, tree]) {
      expect(await call(handler, { body })).toMatchObject({
        status: 400,
        body: {
          title: 'The body is not JSON',
          detail: `Expected at most 100 levels of objects and arrays, got ${depth}.`,
        },
      });
    }
  });

  it('nested 100 levels deep is taken, and brackets in text do not count', async () => {
    const body = nested(100, '[', ']');
    expect(await call(anything, { body })).toEqual({
      status: 200,
      body: { id: 'x', body: JSON.parse(body) },
    });
    const text = JSON.stringify({ 'a:"[{': `${'['.repeat(500)}\\"${'{"x":'.repeat(50)}\\` });
    expect(await call(anything, { body: text })).toEqual({
      status: 200,
      body: { id: 'x', body: JSON.parse(text) },
    });
  });

  it.each([
    ['{"a":1,"a":1}', '"a"'],
    ['{"b":{},"x":{"a":[],"a":{"b":1}}}', '"a"'],
    ['{"a":1,"\\u0061":2}', '"a"'],
    ['[{"k":1},{"k":1,"l":2,"k":3}]', '"k"'],
    ['{"a\\"b":1,"a\\"b":2}', '"a\\"b"'],
    ['{"":1,"":2}', '""'],
  ])('with a duplicate key, %s, is rejected: other parsers may read the first', async (body, name) => {
    expect(await call(anything, { body })).toMatchObject({
      status: 400,
      body: { detail: `Duplicate key ${name} in one object.` },
    });
  });

  it('with one name in several objects is taken', async () => {
    const body = '{"a":{"a":1},"b":[{"a":1},{"a":2}]}';
    expect(await call(anything, { body })).toMatchObject({ status: 200 });
  });

  it.each(['{"__proto__":[]}', '[{"a":{"\\u005f_proto__":1}}]', '{"__proto__":1,"__proto__":2}'])(
    'with the key __proto__, %s, is rejected: assignments lose it',
    async (body) => {
      for (const handler of [anything, record]) {
        expect(await call(handler, { body })).toMatchObject({
          status: 400,
          body: { detail: 'The key "__proto__" is not allowed.' },
        });
      }
    },
  );

  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    'with the name %s harms nothing',
    async (name) => {
      const body = `{"${name}":{"admin":true,"polluted":1}}`;
      await call(anything, { body });
      await call(tree, { body });
      await call(record, { body });
      expect(({} as any).polluted).toBeUndefined();
      expect(await call(tree, { body })).toMatchObject({ status: 400 });
    },
  );

  it.each(['1e400', '-1e400', '[1e999999]', '{"a":{"b":1e309}}'])(
    'with the number %s is refused',
    async (body) => {
      expect(await call(anything, { body })).toMatchObject({
        status: 400,
        body: { detail: expect.stringContaining('1.8e308') },
      });
    },
  );

  it.each([
    'NaN',
    'Infinity',
    '-Infinity',
    '0x10',
    '01',
    '+1',
    '.5',
    '1.',
    "{'a':1}",
    '{"a":1,}',
    '[1,]',
    '// x\n1',
    '{a:1}',
    'undefined',
    '\u0000',
    '"\u0001"',
  ])('of %j is not JSON', async (body) => {
    expect(await call(anything, { body })).toMatchObject({
      status: 400,
      body: { title: 'The body is not JSON' },
    });
  });

  it.each([
    ['a byte that is not UTF-8', [0x22, 0xff, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['half of a surrogate pair', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a character cut off', [0x22, 0xf0, 0x9f, 0x98]],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00]],
  ])('with %s is refused', async (_what, bytes) => {
    const event = restEvent({
      params: { id: 'x' },
      body: new Uint8Array(bytes),
      headers: { 'Content-Type': 'application/json' },
    });
    expect(await call(anything, event)).toMatchObject({
      status: 400,
      body: { detail: 'The body is not valid UTF-8.' },
    });
  });

  it('with a byte order mark is taken', async () => {
    expect(await call(anything, { body: new Uint8Array([0xef, 0xbb, 0xbf, 0x31]) })).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/jsonp', 415],
    ['text/json+html', 415],
    ['application/json; charset=utf-16', 415],
    ['application/json;charset=iso-8859-1', 415],
    ['', 415],
    [',application/json', 415],
    ['application/json, text/html', 415],
    ['application/json; charset=UTF-8', 200],
    ['application/json;charset="utf-8"', 200],
    ['APPLICATION/JSON', 200],
    ['application/merge-patch+json', 200],
  ])('of the content type "%s" returns %d', async (type, status) => {
    const given = await call(anything, { body: '1', headers: { 'Content-Type': type } });
    expect(given.status).toBe(status);
  });

  it.each(['', ' ', '\n'])('that is empty (%j) is refused', async (body) => {
    expect(await call(anything, { body, headers: { 'Transfer-Encoding': 'chunked' } })).toMatchObject({
      status: 400,
    });
  });

  it('of an operation that has none is not read', async () => {
    const event = restEvent({ method: 'GET', body: nested(1000, '[', ']'), user: { sub: 'ann' } });
    expect(await call(mine, event)).toEqual({ status: 204, body: undefined });
  });

  it('is never anything but taken or refused', async () => {
    const tokens = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      '\\',
      '"a"',
      '"a":',
      '1',
      'null',
      ' ',
      '\\u',
      'd800',
      '😀',
    );
    const texts = fc.oneof(
      fc.array(tokens, { maxLength: 30 }).map((list) => list.join('')),
      fc.json(),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (body) => {
        const { status } = await call(anything, { body });
        let value: unknown;
        try {
          value = JSON.parse(body);
        } catch {
          expect(status).toBe(400);
          return;
        }
        if (status === 200) expect((await call(anything, { body })).body.body).toEqual(value);
        else expect(status).toBe(400);
      }),
      { numRuns: 500 },
    );
  });

  it('has a duplicate key exactly when counting finds one', async () => {
    const names = fc.constantFrom('a', 'b', '"', '\\', 'a:', '{', 'proto');
    const objects = fc.letrec<{ text: string }>((tie) => ({
      text: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('1', '"a:b{"', '[]', '{}', 'null'),
        fc.array(tie('text'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
        fc
          .array(fc.tuple(names, tie('text')), { maxLength: 3 })
          .map(
            (entries) => `{${entries.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`,
          ),
      ),
    })).text;
    await fc.assert(
      fc.asyncProperty(objects, async (body) => {
        // Written out again a repeated name is gone, and the text shorter.
        const isRepeated = JSON.stringify(JSON.parse(body)).length < body.length;
        expect((await call(anything, { body })).status).toBe(isRepeated ? 400 : 200);
      }),
      { numRuns: 500 },
    );
  });
});
