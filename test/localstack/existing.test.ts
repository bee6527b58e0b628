import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { joinLocalStack } from './existing.js';

let server: Server | undefined;

/** Something that answers on this machine; its address. */
async function answering(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  server?.close();
});

const join = (endpoint: string) => joinLocalStack(endpoint, () => {});

it.each(['https://localstack.example.com', 'http://10.0.0.1:4566', 'nonsense'])(
  'refuses %s, which is no address of this machine',
  async (endpoint) => {
    await expect(join(endpoint)).rejects.toThrow(
      `LOCALSTACK_ENDPOINT must be on this machine, as in http://127.0.0.1:4566, got ${endpoint}.`,
    );
  },
);

it('refuses an endpoint where nothing answers', async () => {
  await expect(join('http://127.0.0.1:1')).rejects.toThrow(
    'LOCALSTACK_ENDPOINT is http://127.0.0.1:1, where nothing answers.\nStart a LocalStack there, or unset it',
  );
});

it.each([
  ['something else than LocalStack', '/nothing', 200],
  ['MiniStack', '/_ministack/health', 200],
  ['MiniStack', '/_ministack/health', 403],
])('refuses an endpoint where %s answers at %s with %i', async (what, path, status) => {
  const endpoint = await answering((request, response) => {
    response.writeHead(request.url === path ? status : 404).end('{"status":"ok"}');
  });
  await expect(join(endpoint)).rejects.toThrow(
    `where ${what} answers.\nSet it to the address of a LocalStack`,
  );
});
