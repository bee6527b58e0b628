import { invoke, step } from 'cdk-trellis/runtime';
import type { RefundFunction } from '../../../contracts/payments.js';
import { OrderInput } from './order-input.js';

/** Refunds the charge of this run. Also runs when the charge timed out and its effect is unknown. */
export const handler = step(
  { input: OrderInput },
  { refund: invoke<RefundFunction>().call },
  async ({ input }, { refund }, { execution: { runId } }) => {
    await refund.call({ orderId: input.orderId, runId });
  },
);
