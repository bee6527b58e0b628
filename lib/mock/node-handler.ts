import type { MockApi } from './mock-api.js';

// Not the types of `node:http`: a front end compiles this module without @types/node.
/** Members of Node's `IncomingMessage` that a mock reads. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Members of Node's `ServerResponse` that a mock calls. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body: Uint8Array): unknown;
}

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
export function nodeHandler(mock: MockApi): (request: NodeRequest, response: NodeResponse) => Promise<void> {
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
