import { invoke, refused, step } from 'cdk-trellis/runtime';
import type { ReserveFunction } from '../../../contracts/stock.js';
import { OrderInput } from './order-input.js';

/** Takes the order's products from the stock. */
export const handler = step(
  { input: OrderInput },
  { reserve: invoke<ReserveFunction>().call },
  async ({ input }, { reserve }) => {
    const { status } = await reserve.call({ orderId: input.orderId, lines: input.lines });
    return status === 'done' ? { reserved: true } : refused('sold-out');
  },
);
