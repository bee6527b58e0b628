import type { Order } from '../../contracts/orders.js';

/** Order as stored in the table. The contract's schema removes the attributes below from responses. */
export interface OrderItem extends Order {
  readonly customerId: string;
  /** Number of changes, used as the sequence of the order's events. */
  readonly version: number;
  /** Day on which the order was placed (UTC), the key of the report's index. */
  readonly day: string;
  /** First run of the order's fulfilment. No other run changes the order. */
  readonly runId?: string;
}
