import { invoke, step } from 'cdk-trellis/runtime';
import type { ReleaseFunction } from '../../../contracts/stock.js';
import { OrderInput } from './order-input.js';

/** Gives back the products that this run has reserved; also when it is not known whether it has any. */
export const handler = step(
  { input: OrderInput },
  { release: invoke<ReleaseFunction>().call },
  async ({ input }, { release }, { execution: { runId } }) => {
    await release.call({ orderId: input.orderId, runId });
  },
);
