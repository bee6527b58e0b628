import { invoke, step } from 'cdk-trellis/runtime';
import type { RefundFunction } from '../../../contracts/payments.js';
import { OrderInput } from './order-input.js';

/** Gives back the money that this run has taken; also when it is not known whether it has. */
export const handler = step(
  { input: OrderInput },
  { refund: invoke<RefundFunction>().call },
  async ({ input }, { refund }, { execution: { runId } }) => {
    await refund.call({ orderId: input.orderId, runId });
  },
);
