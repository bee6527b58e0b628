import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { joinLocalStack } from './existing.js';

let server: Server | undefined;

/** Starts a server on this machine, and returns its URL. */
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  server?.close();
});

const join = (endpoint: string) => joinLocalStack(endpoint, () => {});

it.each(['https://localstack.example.com', 'http://10.0.0.1:4566', 'nonsense'])(
  'rejects %s, which is not a URL of this machine',
  async (endpoint) => {
    await expect(join(endpoint)).rejects.toThrow(
      `LOCALSTACK_ENDPOINT must be on this machine, as in http://127.0.0.1:4566, got ${endpoint}.`,
    );
  },
);

it('rejects an endpoint without a server', async () => {
  await expect(join('http://127.0.0.1:1')).rejects.toThrow(
    'LOCALSTACK_ENDPOINT is http://127.0.0.1:1, where no server responds.\nStart a LocalStack there, or unset it',
  );
});

it.each([
  ['not LocalStack', '/nothing', 200],
  ['MiniStack', '/_ministack/health', 200],
  ['MiniStack', '/_ministack/health', 403],
])('rejects an endpoint of %s, which returns at %s the status %i', async (what, path, status) => {
  const endpoint = await serve((request, response) => {
    response.writeHead(request.url === path ? status : 404).end('{"status":"ok"}');
  });
  await expect(join(endpoint)).rejects.toThrow(`which is ${what}.\nSet it to the address of a LocalStack`);
});
