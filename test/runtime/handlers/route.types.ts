// Compiled, never run: what the compiler must refuse.
import { binary, defineApi, Problem } from 'cdk-trellis/contract';
import { route, table } from 'cdk-trellis/runtime';
import * as z from 'zod';
import { Closed, isoDate, OutOfStock } from '../../fixtures/contract.js';

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
// @ts-expect-error a client that is not among the needs
route(api.get, {}, async (_input, { orders }) => ({ status: 200, body: { orderId: orders.tableName } }));
// @ts-expect-error a public operation has no user
route(api.get, {}, async ({ user }) => ({ status: 200, body: { orderId: user.sub } }));
// @ts-expect-error this access does not exist
route(api.get, { orders: table.delete }, async () => ({ status: 200, body: { orderId: 'x' } }));
// @ts-expect-error `auth` is required
defineApi({ name: 'x', version: '1' }, { a: { method: 'GET', path: '/a', responses: { 200: z.string() } } });

const more = defineApi(
  { name: 'more', version: '1.0.0' },
  {
    place: {
      method: 'POST',
      path: '/orders',
      auth: 'public',
      idempotencyKey: true,
      headers: z.object({ 'x-count': z.coerce.number() }),
      responses: { 201: { body: z.object({ at: isoDate }), headers: z.object({ location: z.string() }) } },
      errors: [OutOfStock, Closed],
    },
    report: {
      method: 'GET',
      path: '/report',
      auth: 'public',
      responses: {
        200: { content: { 'application/json': z.object({ n: z.int() }), 'text/csv': z.string() } },
      },
    },
    photo: {
      method: 'PUT',
      path: '/photo',
      auth: 'public',
      body: binary(['image/png', 'image/gif']),
      responses: { 200: binary('image/png'), 204: {} },
    },
  },
);
const is = <T>(value: T) => value;
const at = new Date();

route(more.place, {}, async ({ headers, idempotencyKey }, _clients, { logger }) => {
  logger.info(is<string>(idempotencyKey));
  is<number>(headers['x-count']);
  if (headers['x-count'] > 9) throw new OutOfStock({ available: 9, detail: 'Nine are left.' });
  if (headers['x-count'] < 0) throw new Closed();
  return { status: 201, body: { at }, headers: { location: '/orders/1', 'cache-control': 'no-cache' } };
});
route(more.report, {}, async ({ accepts }) => {
  is<'application/json' | 'text/csv'>(accepts);
  return { status: 200, type: 'text/csv', body: 'n' };
});
route(more.photo, {}, async ({ body, contentType }) => {
  is<'image/png' | 'image/gif'>(contentType);
  return { status: 200, body: is<Uint8Array>(body) };
});
route(api.mine, {}, async ({ idempotencyKey, accepts }) => {
  is<undefined>(idempotencyKey ?? accepts);
  return { status: 200, body: { sub: '' } };
});

// @ts-expect-error a header that the contract wants is missing
route(more.place, {}, async () => ({ status: 201, body: { at } }));
// @ts-expect-error a text where the handler has a Date in hand
route(more.place, {}, async () => ({ status: 201, body: { at: '' }, headers: { location: '' } }));
// @ts-expect-error a problem is thrown, not returned
route(more.place, {}, async () => ({ status: 409, body: {} }));
// @ts-expect-error a header that the contract does not declare
route(more.place, {}, async ({ headers }) => headers['x-other']);
// @ts-expect-error which of the two content types it is
route(more.report, {}, async () => ({ status: 200, body: 'n' }));
// @ts-expect-error the body of another content type
route(more.report, {}, async () => ({ status: 200, type: 'text/csv', body: { n: 1 } }));
// @ts-expect-error bytes, not text
route(more.photo, {}, async () => ({ status: 200, body: 'png' }));
// @ts-expect-error a member of the problem is missing
new OutOfStock({ detail: 'None are left.' });
// @ts-expect-error a problem without that member
new Closed({ available: 1 });
