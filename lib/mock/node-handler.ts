import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MockApi } from './mock-api.js';

/**
 * Creates a middleware from a mock, for Vite and other Node servers with `(request, response)`.
 *
 * @example
 * import { createServer } from 'node:http';
 * import { mockApi, nodeHandler } from 'cdk-trellis/mock';
 * import { ordersApi } from '../contracts/orders.js';
 *
 * // In vite.config.ts: `configureServer: ({ middlewares }) => middlewares.use('/api', nodeHandler(mock))`.
 * const mock = mockApi(ordersApi, {}, { basePath: '/api' });
 * createServer(nodeHandler(mock)).listen(3000);
 */
export function nodeHandler(
  mock: MockApi,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const { method = 'GET', headers, url = '/' } = request;
    // In a mounted middleware, `url` omits the mount path.
    const { originalUrl = url } = request as { originalUrl?: string };
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = new Blob(chunks as BlobPart[]);
    const pairs = Object.entries(headers).flatMap(([name, values]) =>
      [values ?? []].flat().map((value): [string, string] => [name, value]),
    );
    const mocked = await mock(new URL(originalUrl, 'http://localhost'), {
      method,
      headers: pairs,
      ...(body.size > 0 && { body }),
    });
    response.writeHead(mocked.status, Object.fromEntries(mocked.headers));
    response.end(new Uint8Array(await mocked.arrayBuffer()));
  };
}
