import { invoke, step } from 'cdk-trellis/runtime';
import type { ReleaseFunction } from '../../../contracts/stock.js';
import { OrderInput } from './order-input.js';

/** Releases the reservation of this run. Also runs when the reservation timed out and its effect is unknown. */
export const handler = step(
  { input: OrderInput },
  { release: invoke<ReleaseFunction>().call },
  async ({ input }, { release }, { execution: { runId } }) => {
    await release.call({ orderId: input.orderId, runId });
  },
);
