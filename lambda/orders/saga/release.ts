import { invoke, step } from 'cdk-trellis/runtime';
import type { ReleaseFunction } from '../../../contracts/stock.js';
import { OrderInput } from './order-input.js';

/** Gives the order's products back; also when it is not known whether it has any. */
export const handler = step(
  { input: OrderInput },
  { release: invoke<ReleaseFunction>().call },
  async ({ input }, { release }) => {
    await release.call({ orderId: input.orderId });
  },
);
