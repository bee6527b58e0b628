import { invoke, refused, step } from 'cdk-trellis/runtime';
import type { ChargeFunction } from '../../../contracts/payments.js';
import { OrderInput } from './order-input.js';

/** Charges the customer's card. */
export const handler = step(
  { input: OrderInput },
  { charge: invoke<ChargeFunction>().call },
  async ({ input }, { charge }, { execution: { runId } }) => {
    const { orderId, total, cardToken } = input;
    const { status } = await charge.call({ orderId, amount: total, cardToken, runId });
    if (status === 'duplicate') return refused('duplicate');
    return status === 'approved' ? { paid: true } : refused('payment-declined');
  },
);
