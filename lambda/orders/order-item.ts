import type { Order } from '../../contracts/orders.js';

/** An order as the table holds it; what the contract does not have is never sent. */
export interface OrderItem extends Order {
  readonly customerId: string;
  /** Counts the changes; it is the sequence of the order's events. */
  readonly version: number;
  /** The day it was placed (UTC), by which the report finds it. */
  readonly day: string;
  /** The run of the fulfilment that carries the order out: the first one. No other changes the order. */
  readonly runId?: string;
}
