import { refused, step, table } from 'cdk-trellis/runtime';
import { OrderConfirmed } from '../../../contracts/order-events.js';
import { finishOrder } from '../finish-order.js';
import { OrderInput } from './order-input.js';

/** Confirms the order and publishes OrderConfirmed, unless the order was cancelled first or another run owns it. */
export const handler = step(
  { input: OrderInput },
  { orders: table.readWrite },
  async ({ input }, { orders }, { execution: { runId } }) => {
    const { orderId, customerId, total } = input;
    const order = await finishOrder(orders, input, runId, {
      isDue: ({ status, cancelRequested }) => status === 'PLACED' && !cancelRequested,
      changes: { status: 'CONFIRMED' },
      event: OrderConfirmed,
      eventData: { orderId, customerId, total },
    });
    if (order.runId !== undefined && order.runId !== runId) return refused('duplicate');
    return order.status === 'CONFIRMED' ? { confirmed: true } : refused('cancelled');
  },
);
