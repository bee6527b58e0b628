import { gunzipSync } from 'node:zlib';
import { correction, pairOfEmulators } from './corrections.js';
import { ask, deployDistribution, type RequestOptions, SCRIPT } from './distribution.js';
import type { Emulator } from './emulator.js';

const emulators = pairOfEmulators(['rest_api_origins', 'missing_files', 'edge_compression']);

const domains = new Map<Emulator, Promise<string>>();

/** Asks the distribution by its name, as MiniStack serves it on its own port. */
async function asked(emulator: Emulator, path: string, { headers, ...rest }: RequestOptions = {}) {
  const known = domains.get(emulator) ?? deployDistribution(emulator);
  domains.set(emulator, known);
  const host = (await known).replace('.net', '.localhost');
  const all = { host, 'x-forwarded-proto': 'https', ...headers };
  return ask(`${emulator.endpoint}${path}`, { headers: all, ...rest });
}

correction(
  emulators,
  'rest_api_origins',
  'a request to an API reaches it with its method, query, headers and body, and its response comes back',
  async (emulator) => {
    const { status, headers, body } = await asked(emulator, '/api/orders?page=2', {
      method: 'POST',
      headers: { authorization: 'Bearer token' },
      body: '{"note":"é"}',
    });
    const { host, ...event } = JSON.parse(body.toString());
    return [status, headers['content-type'], host.endsWith('.execute-api.us-east-1.amazonaws.com'), event];
  },
  [
    200,
    'application/json',
    true,
    {
      httpMethod: 'POST',
      path: '/orders',
      query: { page: '2' },
      body: '{"note":"é"}',
      authorization: 'Bearer token',
    },
  ],
);

correction(
  emulators,
  'missing_files',
  'a missing file is distinguished from one that may not be read',
  async (emulator) => {
    const missing = await asked(emulator, '/none.js');
    const head = await asked(emulator, '/none.js', { method: 'HEAD' });
    const present = await asked(emulator, '/app.js');
    return [missing.status, missing.body.includes('NoSuchKey'), head.status, present.status];
  },
  [404, true, 404, 200],
);

correction(
  emulators,
  'edge_compression',
  'text over a thousand bytes is compressed for who takes it',
  async (emulator) => {
    const compressed = await asked(emulator, '/app.js', { headers: { 'accept-encoding': 'gzip, br' } });
    const plain = await asked(emulator, '/app.js');
    const small = await asked(emulator, '/', { headers: { 'accept-encoding': 'gzip' } });
    return [
      compressed.headers['content-encoding'],
      compressed.headers['content-length'] === String(compressed.body.length),
      gunzipSync(compressed.body).toString() === SCRIPT,
      String(compressed.headers.etag).startsWith('W/'),
      plain.headers['content-encoding'],
      plain.body.toString() === SCRIPT,
      small.headers['content-encoding'],
    ];
  },
  ['gzip', true, true, true, undefined, true, undefined],
);
