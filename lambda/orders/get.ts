import { route, table } from 'cdk-trellis/runtime';
import { ordersApi } from '../../contracts/orders.js';
import { readOrder } from './read-order.js';

export const handler = route(
  ordersApi.getOrder,
  { orders: table.read },
  async ({ user, params: { orderId } }, { orders }) => ({
    status: 200,
    body: await readOrder(orders, user.sub, orderId),
  }),
);
