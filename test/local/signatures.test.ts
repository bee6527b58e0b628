import { createHash, createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Credentials, signed } from '../support/sigv4.js';
import { Emulator } from './emulator.js';

jest.setTimeout(60_000);

let emulator: Emulator;
const s3 = (credentials: Credentials = emulator.instance.credentials) =>
  new S3Client({ ...emulator.client, credentials, forcePathStyle: true, maxAttempts: 1 });

beforeAll(async () => {
  emulator = await Emulator.start();
  await s3().send(new CreateBucketCommand({ Bucket: 'bucket' }));
}, 60_000);
afterAll(() => emulator?.stop());

const otherSecret = () => ({ ...emulator.instance.credentials, secretAccessKey: 'other' });
const contents = async (Key: string) => {
  const { Body } = await s3().send(new GetObjectCommand({ Bucket: 'bucket', Key }));
  return Body?.transformToString();
};

describe('a stream that the SDK uploads', () => {
  /** Uploads a stream; the SDK does not hash it, and adds its checksum as a trailer. */
  async function upload(Key: string, credentials?: Credentials): Promise<unknown> {
    const client = s3(credentials);
    let declared: unknown;
    client.middlewareStack.add(
      (next) => (args) => {
        declared = (args.request as { headers: Record<string, string> }).headers['x-amz-content-sha256'];
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const Body = Readable.from([Buffer.from('text')]);
    await client
      .send(new PutObjectCommand({ Bucket: 'bucket', Key, Body, ContentLength: 4 }))
      .catch((error) => {
        declared = error.name;
      });
    return declared;
  }

  it('is stored, and refused if it is signed with another secret', async () => {
    expect(await upload('stream')).toBe('STREAMING-UNSIGNED-PAYLOAD-TRAILER');
    expect(await contents('stream')).toBe('text');
    expect(await upload('other', otherSecret())).toBe('SignatureDoesNotMatch');
  });
});

describe('a body in signed chunks with a trailer', () => {
  const PAYLOAD = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');

  /** Puts an object like the SDKs that sign each chunk, and then the trailer that is declared. */
  async function put(key: string, sent = 'x-amz-meta-sum:1', declared = sent): Promise<number> {
    const url = `${emulator.endpoint}/bucket/${key}`;
    const { credentials } = emulator.instance;
    const headers = signed(url, credentials, 's3', { method: 'PUT', payload: PAYLOAD });
    const [, scope = '', , seed = ''] =
      /Credential=[^/]+\/([^,]+), (.*), Signature=(.*)/.exec(headers.authorization!) ?? [];
    const signingKey = scope
      .split('/')
      .reduce<string | Buffer>(
        (part, text) => createHmac('sha256', part).update(text).digest(),
        `AWS4${credentials.secretAccessKey}`,
      );
    const sign = (kind: string, previous: string, ...hashes: string[]) =>
      createHmac('sha256', signingKey)
        .update([`AWS4-HMAC-SHA256-${kind}`, headers['x-amz-date'], scope, previous, ...hashes].join('\n'))
        .digest('hex');
    const first = sign('PAYLOAD', seed, hash(''), hash('text'));
    const last = sign('PAYLOAD', first, hash(''), hash(''));
    const trailer = sign('TRAILER', last, hash(`${declared}\n`));
    const body = [
      `4;chunk-signature=${first}`,
      'text',
      `0;chunk-signature=${last}`,
      sent,
      `x-amz-trailer-signature:${trailer}`,
      '',
      '',
    ].join('\r\n');
    const { status } = await fetch(url, {
      method: 'PUT',
      body,
      headers: {
        ...headers,
        'content-encoding': 'aws-chunked',
        'x-amz-content-sha256': PAYLOAD,
        'x-amz-decoded-content-length': '4',
        'x-amz-trailer': 'x-amz-meta-sum',
      },
    });
    return status;
  }

  it('is stored, and refused if the trailer is not the signed one', async () => {
    expect(await put('chunks')).toBe(200);
    expect(await contents('chunks')).toBe('text');
    expect(await put('changed', 'x-amz-meta-sum:2', 'x-amz-meta-sum:1')).toBe(403);
  });
});

describe('a signature that does not cover the body', () => {
  async function listTables(payload: string): Promise<unknown> {
    const headers = signed(`${emulator.endpoint}/`, emulator.instance.credentials, 'dynamodb', {
      method: 'POST',
      payload,
    });
    const response = await fetch(emulator.endpoint, {
      method: 'POST',
      body: '{}',
      headers: {
        ...headers,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-content-sha256': payload,
        'x-amz-target': 'DynamoDB_20120810.ListTables',
      },
    });
    const { __type, TableNames } = (await response.json()) as { __type?: string; TableNames?: string[] };
    return TableNames ?? __type?.split('#').pop();
  }

  it.each([
    ['a hash of the body', createHash('sha256').update('{}').digest('hex'), []],
    ['no hash', 'none', 'InvalidArgument'],
    [
      'the hash of another body',
      createHash('sha256').update('{ }').digest('hex'),
      'XAmzContentSHA256Mismatch',
    ],
    ['signed chunks, outside S3', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'InvalidArgument'],
    ['events', 'STREAMING-AWS4-HMAC-SHA256-EVENTS', 'InvalidArgument'],
  ])('that declares %s', async (_, payload, expected) => {
    expect(await listTables(payload)).toEqual(expected);
  });
});
