import { binary, defineApi, PreconditionFailed, Upload } from 'cdk-trellis/contract';
import * as z from 'zod';
import { isoDate, OutOfStock } from '../../fixtures/contract.js';

/** A contract with every feature, for real requests. */
export const everythingApi = defineApi(
  { name: 'everything', version: '1.0.0' },
  {
    mirrorPhoto: {
      method: 'POST',
      path: '/photos',
      auth: 'public',
      body: binary(['image/png', 'image/gif'], { maxBytes: 3_000_000 }),
      responses: { 200: binary('image/png', { maxBytes: 3_000_000 }) },
    },
    getReport: {
      method: 'GET',
      path: '/reports/{day}',
      auth: 'public',
      params: z.object({ day: z.iso.date() }),
      responses: {
        200: { content: { 'application/json': z.object({ at: isoDate }), 'text/csv': z.string() } },
      },
      deprecated: { since: '2027-01-31', sunset: '2027-07-31' },
    },
    placeOrder: {
      method: 'POST',
      path: '/orders',
      auth: 'public',
      idempotencyKey: true,
      headers: z.object({ 'x-shop': z.string() }),
      body: z.object({ quantity: z.int(), due: isoDate }),
      responses: {
        201: {
          body: z.object({ key: z.string(), shop: z.string(), due: isoDate }),
          headers: z.object({ location: z.string() }),
        },
      },
      errors: [OutOfStock],
    },
    changeThing: {
      method: 'PUT',
      path: '/things/{thingId}',
      auth: 'public',
      headers: z.object({ 'if-match': z.string().optional() }),
      responses: { 204: {} },
      errors: [PreconditionFailed],
    },
    startUpload: {
      method: 'POST',
      path: '/uploads',
      auth: 'public',
      responses: { 201: z.object({ upload: Upload, key: z.string() }) },
    },
  },
);
