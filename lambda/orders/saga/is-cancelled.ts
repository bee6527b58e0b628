import { step, table } from 'cdk-trellis/runtime';
import { readOrder } from '../read-order.js';
import { OrderInput } from './order-input.js';

/** Returns true if the customer requested to cancel the order. */
export const handler = step({ input: OrderInput }, { orders: table.read }, async ({ input }, { orders }) => {
  const order = await readOrder(orders, input.customerId, input.orderId);
  return order.cancelRequested === true;
});
