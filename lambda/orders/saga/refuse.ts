import { handle, type SagaOutcome, table } from 'cdk-trellis/runtime';
import * as z from 'zod';
import { OrderRefused, RefusalReason } from '../../../contracts/order-events.js';
import { finishOrder } from '../finish-order.js';
import { findOrder } from '../read-order.js';
import type { OrderInput } from './order-input.js';

/** `duplicate` is for no customer: another run carries the order out, and tells how it ends. */
type Code = RefusalReason | 'duplicate';
type Outcome = SagaOutcome<{ readonly input: z.input<typeof OrderInput> }, Code>;

/** All that this needs of the input. What was refused as invalid may lack even that. */
const OrderKey = z.object({ orderId: z.string().min(1), customerId: z.string().min(1) });

/** Tells how an order ended whose fulfilment was undone; one that was confirmed has been told of already. */
export const handler = handle(
  { orders: table.readWrite },
  async (outcome: Outcome, { orders }): Promise<void> => {
    if (outcome.status === 'completed') return;
    const reason = reasonOf(outcome.reason);
    if (reason === 'duplicate') return;
    const key = OrderKey.safeParse(outcome.context.input).data;
    const order = key && (await findOrder(orders, key.customerId, key.orderId));
    if (!order) {
      console.error('There is no order to refuse', { execution: outcome.execution, reason: outcome.reason });
      return;
    }
    const { orderId, customerId, total } = order;
    // Executions that began before there were run ids have a name only.
    const { name, runId = name } = outcome.execution;
    await finishOrder(orders, order, runId, {
      // What this run has confirmed is undone; what another one has is not.
      from: ({ status, runId: owner }) => status === 'PLACED' || (status === 'CONFIRMED' && owner === runId),
      changes: { status: 'REFUSED', reason },
      event: OrderRefused,
      eventData: { orderId, customerId, total, reason },
    });
  },
);

function reasonOf(reason: Extract<Outcome, { reason: unknown }>['reason']): Code {
  switch (reason.kind) {
    case 'refused':
      return reason.code === 'duplicate' ? reason.code : RefusalReason.parse(reason.code);
    case 'cancelled':
      return 'cancelled';
    default:
      return 'technical';
  }
}
