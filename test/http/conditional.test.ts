import { etag, requireMatch } from 'cdk-trellis/runtime';
import { call, get, loggedLines, put } from './things.js';

loggedLines();

describe('a GET with an ETag', () => {
  it.each([
    ['the same', '"7"'],
    ['one of several', '"5", "7"'],
    ['the same, weakened on its way', 'W/"7"'],
    ['any', '*'],
  ])('is 304 for a caller who has %s', async (_what, known) => {
    const { status, headers, body } = await call(get, { headers: { 'If-None-Match': known } });
    expect([status, body]).toEqual([304, '']);
    expect(headers).toMatchObject({ etag: '"7"', 'cache-control': 'max-age=5' });
    expect(headers).not.toHaveProperty('content-type');
  });

  it.each(['"8"', '7', ''])('is 200 for a caller who has %s', async (known) => {
    expect(await call(get, { headers: { 'If-None-Match': known } })).toMatchObject({ status: 200 });
  });

  it('is refused with a version that no header can have', () => {
    expect(() => etag('a"b')).toThrow('visible ASCII characters without quotation marks, got "a"b"');
  });
});

describe('a change', () => {
  it.each([undefined, '"7"', 'W/"7"', '"1", "7"', '*'])('of the version %s is made', async (match) => {
    expect(await call(put, { headers: { ...(match && { 'If-Match': match }) } })).toMatchObject({
      status: 204,
    });
  });

  it('of an old version is refused', async () => {
    const { status, body } = await call(put, { headers: { 'If-Match': '"6"' } });
    expect([status, body.type]).toEqual([412, 'urn:problem:precondition-failed']);
    expect(body.detail).toBe('`If-Match` is "6", but the current version is "7".');
  });

  it('of what is not there is refused, whatever its version', () => {
    expect(() => requireMatch({ 'if-match': '*' }, undefined)).toThrow('the resource does not exist');
  });
});
