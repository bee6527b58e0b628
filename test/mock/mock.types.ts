// Compiled, never run: errors that the compiler must report.
import { defineApi } from 'cdk-trellis/contract';
import { mockApi } from 'cdk-trellis/mock';
import * as z from 'zod';

const api = defineApi(
  { name: 'orders', version: '1.0.0' },
  {
    get: {
      method: 'GET',
      path: '/orders/{orderId}',
      auth: 'public',
      responses: { 200: z.object({ id: z.string() }) },
    },
    add: {
      method: 'POST',
      path: '/orders',
      auth: 'user',
      body: z.int(),
      responses: { 201: z.int(), 204: {} },
    },
  },
);

mockApi(api);
mockApi(api, { get: ({ params }) => ({ status: 200, body: { id: params.orderId } }) });
mockApi(
  api,
  { add: async ({ body }) => (body > 1 ? { status: 201, body } : { status: 204 }) },
  { basePath: '/api' },
);

// @ts-expect-error an operation that is not in the contract
mockApi(api, { remove: () => ({ status: 204 }) });
// @ts-expect-error a status that the operation does not have
mockApi(api, { get: () => ({ status: 404 }) });
// @ts-expect-error a body of another shape
mockApi(api, { get: () => ({ status: 200, body: { id: 1 } }) });
// @ts-expect-error a path parameter that does not exist
mockApi(api, { get: ({ params }) => ({ status: 200, body: { id: params.id } }) });
