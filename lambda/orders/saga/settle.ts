import { invoke, refused, step } from 'cdk-trellis/runtime';
import type { SettleFunction } from '../../../contracts/stock.js';
import { OrderInput } from './order-input.js';

/** Makes the reservation final, so that the cleanup of abandoned reservations skips it. */
export const handler = step(
  { input: OrderInput },
  { settle: invoke<SettleFunction>().call },
  async ({ input }, { settle }, { execution: { runId } }) => {
    const { status } = await settle.call({ orderId: input.orderId, runId });
    return status === 'done' ? { settled: true } : refused('sold-out');
  },
);
