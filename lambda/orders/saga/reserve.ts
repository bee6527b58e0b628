import { invoke, refused, step, table } from 'cdk-trellis/runtime';
import type { ReserveFunction } from '../../../contracts/stock.js';
import { claimOrder } from './claim-order.js';
import { OrderInput } from './order-input.js';

/** Reserves the order's products in the stock, unless another run owns the order. */
export const handler = step(
  { input: OrderInput },
  { orders: table.write, reserve: invoke<ReserveFunction>().call },
  async ({ input }, { orders, reserve }, { execution: { runId } }) => {
    if (!(await claimOrder(orders, input, runId))) return refused('duplicate');
    const { status } = await reserve.call({ orderId: input.orderId, lines: input.lines, runId });
    if (status === 'duplicate') return refused('duplicate');
    return status === 'done' ? { reserved: true } : refused('sold-out');
  },
);
