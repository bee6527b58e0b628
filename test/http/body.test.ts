import { call, loggedLines, photo } from './things.js';

const logged = loggedLines();

describe('bytes', () => {
  const png = { 'Content-Type': 'image/png' };
  const bytes = new Uint8Array([0, 255, 128]);

  it('come in and go out in base64', async () => {
    const response = await call(photo, { body: bytes, headers: png });
    expect(response).toMatchObject({
      status: 200,
      isBase64Encoded: true,
      body: Buffer.from(bytes).toString('base64'),
    });
    expect(response.headers['content-type']).toBe('image/png');
  });

  it.each([
    ['of another type', { body: bytes, headers: { 'Content-Type': 'image/jpeg' } }, 415],
    ['without a type', { body: bytes, headers: { 'Content-Type': '' } }, 415],
    ['that are too many', { body: new Uint8Array(5), headers: png }, 413],
    ['that are missing', { headers: png }, 400],
  ])('%s are refused', async (_what, options, status) => {
    expect(await call(photo, options)).toMatchObject({ status });
  });

  it('that are more than the contract allows are never sent', async () => {
    expect(await call(photo, { body: bytes, headers: { 'Content-Type': 'image/gif' } })).toMatchObject({
      status: 500,
    });
    expect(logged.join()).toContain('returned 200 with 5 bytes, expected at most 4 bytes of image/png');
  });
});
