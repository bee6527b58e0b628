import { handle, type SagaOutcome, table } from 'cdk-trellis/runtime';
import * as z from 'zod';
import { OrderRefused, RefusalReason } from '../../../contracts/order-events.js';
import { finishOrder } from '../finish-order.js';
import { findOrder } from '../read-order.js';
import type { OrderInput } from './order-input.js';

/** `duplicate` never reaches a customer: another run owns the order and reports its outcome. */
type Code = RefusalReason | 'duplicate';
type Outcome = SagaOutcome<{ readonly input: z.input<typeof OrderInput> }, Code>;

/** Fields of the input that identify the order. Input that was refused as invalid may lack them. */
const OrderKey = z.object({ orderId: z.string().min(1), customerId: z.string().min(1) });

/** Refuses an order whose fulfilment was undone. A completed one was already reported as confirmed. */
export const handler = handle(
  { orders: table.readWrite },
  async (outcome: Outcome, { orders }): Promise<void> => {
    if (outcome.status === 'completed') return;
    const reason = reasonOf(outcome.reason);
    if (reason === 'duplicate') return;
    const key = OrderKey.safeParse(outcome.context.input).data;
    const order = key && (await findOrder(orders, key.customerId, key.orderId));
    if (!order) {
      console.error('Order to refuse not found', { execution: outcome.execution, reason: outcome.reason });
      return;
    }
    const { orderId, customerId, total } = order;
    // Executions that were started before run ids existed only have a name.
    const { name, runId = name } = outcome.execution;
    await finishOrder(orders, order, runId, {
      // A confirmation by this run is undone, one by another run is kept.
      isDue: ({ status, runId: owner }) => status === 'PLACED' || (status === 'CONFIRMED' && owner === runId),
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
