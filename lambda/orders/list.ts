import { cursor, route, table } from 'cdk-trellis/runtime';
import * as z from 'zod';
import { ordersApi } from '../../contracts/orders.js';
import { OrderId } from '../../contracts/stock.js';
import { newestPage } from '../newest-page.js';
import type { OrderItem } from './order-item.js';

const position = cursor(z.object({ orderId: OrderId, placedAt: z.iso.datetime() }));

export const handler = route(
  ordersApi.listOrders,
  { orders: table.index('byTime').read },
  async ({ user, query }, { orders }) => ({
    status: 200,
    body: await newestPage<OrderItem>(orders, user.sub, position, query),
  }),
);
