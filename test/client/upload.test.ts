import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';
import { CallError, upload } from 'cdk-trellis/client';
import { Download, Upload } from 'cdk-trellis/contract';
import { presignDownload, presignUpload } from 'cdk-trellis/runtime';

const client = new S3Client({
  region: 'eu-central-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' },
});
const photos = { bucketName: 'photos', client };
const options = { key: 'photos/ann/1', contentType: 'image/png', maxBytes: 2000 };

describe('presignUpload', () => {
  it('allows one key, one type and a size, for five minutes', async () => {
    const { url, fields, expiresAt } = Upload.parse(await presignUpload(photos, options));
    expect(url).toBe('https://photos.s3.eu-central-1.amazonaws.com/');
    const policy = JSON.parse(Buffer.from(fields.Policy!, 'base64').toString());
    expect(policy.conditions).toEqual(
      expect.arrayContaining([
        ['content-length-range', 1, 2000],
        { bucket: 'photos' },
        { key: 'photos/ann/1' },
        { 'Content-Type': 'image/png' },
      ]),
    );
    const seconds = (Date.parse(policy.expiration) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(295);
    expect(seconds).toBeLessThan(301);
    expect(Math.abs(Date.parse(expiresAt) - Date.parse(policy.expiration))).toBeLessThan(2000);
    expect(fields['X-Amz-Security-Token']).toBe('session');
  });
});

describe('presignDownload', () => {
  it('allows to read one key until it expires, and names the file', async () => {
    const signed = await presignDownload(photos, {
      key: 'a b/ü.png',
      saveAs: "Ann's photo.png",
      expiresIn: 60,
    });
    const { pathname, searchParams } = new URL(Download.parse(signed).url);
    expect(decodeURIComponent(pathname)).toBe('/a b/ü.png');
    expect(searchParams.get('X-Amz-Expires')).toBe('60');
    expect(searchParams.get('response-content-disposition')).toBe(
      "attachment; filename*=UTF-8''Ann%27s%20photo.png",
    );
  });
});

describe('upload', () => {
  let server: Server;
  let status: number;
  let received: Promise<FormData>;
  let signed: Upload;

  beforeEach(async () => {
    status = 204;
    server = createServer(async (request, response) => {
      const headers = { 'content-type': request.headers['content-type']! };
      received = new Response(await buffer(request), { headers }).formData();
      await received;
      response.writeHead(status).end(status === 204 ? '' : '<Code>EntityTooLarge</Code>');
    }).listen(0);
    const { port } = server.address() as AddressInfo;
    signed = { ...(await presignUpload(photos, options)), url: `http://127.0.0.1:${port}/` };
  });
  afterEach(() => server.close());

  it('sends the form with the file at its end', async () => {
    await upload(signed, new Blob([new Uint8Array([1, 2, 3])], { type: 'image/png' }));
    const form = await received;
    expect([...form.keys()]).toEqual([...Object.keys(signed.fields), 'file']);
    expect([form.get('key'), form.get('Policy')]).toEqual(['photos/ann/1', signed.fields.Policy]);
    expect(new Uint8Array(await (form.get('file') as File).arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('throws if S3 rejects the file, with its reason', async () => {
    status = 400;
    const error = await upload(signed, new Blob(['x'])).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({
      kind: 'unexpected',
      response: { status: 400, text: '<Code>EntityTooLarge</Code>' },
    });
  });

  it('throws if S3 is unreachable or the call is aborted', async () => {
    server.close();
    const nowhere = { ...signed, url: 'http://127.0.0.1:1/' };
    await expect(upload(nowhere, new Blob(['x']))).rejects.toMatchObject({ kind: 'network' });
    const reason = new Error('left');
    await expect(upload(signed, new Blob(['x']), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
