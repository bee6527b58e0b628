import { binary, defineApi, Problem, page, pageQuery } from 'cdk-trellis/contract';
import { route } from 'cdk-trellis/runtime';
import { inProcess } from 'cdk-trellis/testing';
import * as z from 'zod';
import { Closed, isoDate, OutOfStock } from '../fixtures/contract.js';

export const shopApi = defineApi(
  { name: 'shop', version: '1.0.0' },
  {
    getThing: {
      method: 'GET',
      path: '/things/{thingId}/parts/{part}',
      auth: 'public',
      query: z.object({
        limit: z.coerce.number().int().optional(),
        open: z.stringbool().optional(),
        tag: z.array(z.string()).optional(),
      }),
      headers: z.object({ 'x-shop': z.string().optional(), 'x-count': z.coerce.number().optional() }),
      responses: {
        200: {
          body: z.object({ seen: z.unknown(), at: isoDate }),
          headers: z.object({ etag: z.string() }),
        },
        404: Problem,
      },
    },
    placeOrder: {
      method: 'POST',
      path: '/orders',
      auth: 'user',
      idempotencyKey: true,
      body: z.object({ quantity: z.int(), note: z.string().default('none') }),
      responses: { 201: z.object({ key: z.string(), note: z.string(), by: z.string() }) },
      errors: [OutOfStock, Closed],
    },
    renameOrder: {
      method: 'PATCH',
      path: '/orders',
      auth: 'public',
      body: z.object({}),
      responses: { 204: {} },
    },
    listOrders: {
      method: 'GET',
      path: '/orders',
      auth: 'public',
      query: pageQuery(),
      responses: { 200: page(z.string()) },
    },
    getReport: {
      method: 'GET',
      path: '/report',
      auth: 'public',
      responses: {
        200: {
          content: {
            'application/json': z.object({ total: z.int() }),
            'text/csv': z.string(),
            'image/png': binary('image/png'),
          },
        },
      },
    },
    putPhoto: {
      method: 'PUT',
      path: '/photo',
      auth: 'public',
      body: binary(['image/png', 'image/jpeg'], { maxBytes: 100 }),
      responses: { 200: binary('application/octet-stream') },
    },
  },
);

const PAGES: Record<string, { items: string[]; nextCursor?: string }> = {
  '': { items: ['a', 'b'], nextCursor: 'two' },
  two: { items: ['c'], nextCursor: 'three' },
  three: { items: [] },
};

/** Functions of the shop, as deployed. */
export const routes = {
  getThing: route(shopApi.getThing, {}, async ({ params, query, headers }) => {
    if (params.thingId === 'none')
      return { status: 404, body: { type: 'about:blank', title: 'None', status: 404 } };
    const body = { seen: { params, query, headers }, at: new Date('2027-01-01T00:00:00Z') };
    return { status: 200, body, headers: { etag: '"1"' } };
  }).with({}),
  placeOrder: route(shopApi.placeOrder, {}, async ({ body, user, idempotencyKey }) => {
    if (body.quantity > 10) throw new OutOfStock({ available: 10, detail: 'Ten are left.' });
    if (body.quantity < 0) throw new Closed();
    return { status: 201, body: { key: idempotencyKey, note: body.note, by: user.sub } };
  }).with({}),
  renameOrder: route(shopApi.renameOrder, {}, async () => ({ status: 204 })).with({}),
  listOrders: route(shopApi.listOrders, {}, async ({ query }) => ({
    status: 200,
    body: PAGES[query.cursor ?? '']!,
  })).with({}),
  getReport: route(shopApi.getReport, {}, async ({ accepts }) => {
    if (accepts === 'text/csv') return { status: 200, type: accepts, body: 'total\n5\n' };
    if (accepts === 'image/png') return { status: 200, type: accepts, body: new Uint8Array([1, 2]) };
    return { status: 200, type: accepts, body: { total: 5 } };
  }).with({}),
  putPhoto: route(shopApi.putPhoto, {}, async ({ body, contentType }) => ({
    status: 200,
    body: new Uint8Array([...body, contentType === 'image/png' ? 1 : 2]),
  })).with({}),
};

export const shop = inProcess(shopApi, routes, { users: { ann: { sub: 'ann' } }, basePath: '/api' });
