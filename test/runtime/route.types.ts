// Compiled, never run: what the compiler must refuse.
import { defineApi, Problem } from 'cdk-trellis/contract';
import { route, table } from 'cdk-trellis/runtime';
import * as z from 'zod';

const api = defineApi(
  { name: 'orders', version: '1.0.0' },
  {
    get: {
      method: 'GET',
      path: '/orders/{orderId}',
      auth: 'public',
      responses: { 200: z.object({ orderId: z.string() }), 404: Problem },
    },
    remove: {
      method: 'DELETE',
      path: '/orders/{orderId}',
      auth: 'public',
      responses: { 204: z.undefined(), 200: z.object({ left: z.int() }) },
    },
    pair: {
      method: 'GET',
      path: '/pair',
      auth: 'public',
      responses: { 200: z.tuple([z.number(), z.number()]) },
    },
    mine: { method: 'GET', path: '/mine', auth: 'user', responses: { 200: z.object({ sub: z.string() }) } },
  },
);

route(api.get, { orders: table.read }, async ({ params }, { orders }) => ({
  status: 200,
  body: { orderId: params.orderId + orders.tableName },
}));
route(api.mine, {}, async ({ user }) => ({ status: 200, body: { sub: user.sub } }));

route(api.remove, {}, async () => ({ status: 204 }));
route(api.pair, {}, async () => ({ status: 200, body: [1, 2] }));
const pair = [1, 2] as const;
route(api.pair, {}, async () => ({ status: 200, body: pair }));

// @ts-expect-error a tuple that is too long
route(api.pair, {}, async () => ({ status: 200, body: [1, 2, 3] }));

// @ts-expect-error a status with a body, without it
route(api.remove, {}, async () => ({ status: 200 }));
// @ts-expect-error a status that the contract does not declare
route(api.get, {}, async () => ({ status: 500, body: { orderId: 'x' } }));
// @ts-expect-error a body that is not the status's
route(api.get, {}, async () => ({ status: 200, body: { orderId: 1 } }));
// @ts-expect-error a path parameter that does not exist
route(api.get, {}, async ({ params }) => ({ status: 200, body: { orderId: params.id } }));
// @ts-expect-error a client that was not asked for
route(api.get, {}, async (_input, { orders }) => ({ status: 200, body: { orderId: orders.tableName } }));
// @ts-expect-error a public operation has no user
route(api.get, {}, async ({ user }) => ({ status: 200, body: { orderId: user.sub } }));
// @ts-expect-error there is no such access
route(api.get, { orders: table.delete }, async () => ({ status: 200, body: { orderId: 'x' } }));
// @ts-expect-error an operation says who may call it
defineApi({ name: 'x', version: '1' }, { a: { method: 'GET', path: '/a', responses: { 200: z.string() } } });
