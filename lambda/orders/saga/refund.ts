import { invoke, step } from 'cdk-trellis/runtime';
import type { RefundFunction } from '../../../contracts/payments.js';
import { OrderInput } from './order-input.js';

/** Gives the money back; also when it is not known whether it was taken. */
export const handler = step(
  { input: OrderInput },
  { refund: invoke<RefundFunction>().call },
  async ({ input }, { refund }) => {
    await refund.call({ orderId: input.orderId });
  },
);
