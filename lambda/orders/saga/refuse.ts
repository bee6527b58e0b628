import { handle, type SagaOutcome, table } from 'cdk-trellis/runtime';
import type * as z from 'zod';
import { OrderRefused, RefusalReason } from '../../../contracts/order-events.js';
import { finishOrder } from '../finish-order.js';
import { OrderInput } from './order-input.js';

type Outcome = SagaOutcome<{ readonly input: z.input<typeof OrderInput> }, RefusalReason>;

/** Tells how an order ended whose fulfilment was undone; one that was confirmed has been told of already. */
export const handler = handle(
  { orders: table.readWrite },
  async (outcome: Outcome, { orders }): Promise<void> => {
    if (outcome.status === 'completed') return;
    const input = OrderInput.parse(outcome.context.input);
    const { orderId, customerId, total } = input;
    const reason = reasonOf(outcome.reason);
    await finishOrder(orders, input, {
      from: ({ status }) => status !== 'REFUSED',
      changes: { status: 'REFUSED', reason },
      event: OrderRefused,
      eventData: { orderId, customerId, total, reason },
    });
  },
);

function reasonOf(reason: Extract<Outcome, { reason: unknown }>['reason']): RefusalReason {
  switch (reason.kind) {
    case 'refused':
      return RefusalReason.parse(reason.code);
    case 'cancelled':
      return 'cancelled';
    default:
      return 'technical';
  }
}
