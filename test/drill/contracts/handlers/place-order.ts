import { route } from 'cdk-trellis/runtime';
import { OutOfStock } from '../../../fixtures/contract.js';
import { everythingApi } from '../contract.js';

export const handler = route(everythingApi.placeOrder, {}, async ({ body, idempotencyKey, headers }) => {
  if (body.quantity > 10) throw new OutOfStock({ available: 10 });
  return {
    status: 201,
    headers: { location: `/orders/${idempotencyKey}` },
    body: { key: idempotencyKey, shop: headers['x-shop'], due: body.due },
  };
});
