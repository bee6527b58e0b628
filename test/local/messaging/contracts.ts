import { defineEvent } from 'cdk-trellis/contract';
import * as z from 'zod';

/** Fault of a message: it fails always, or the first time, hangs, or ends the process. */
export const Task = z.object({
  name: z.string(),
  fails: z.enum(['never', 'always', 'once', 'hangs', 'crashes']),
});

const data = z.object({ orderId: z.string(), state: z.string() });

export const OrderChanged = defineEvent('OrderChanged', data, {
  source: 'orders',
  version: 1,
  key: 'orderId',
});

/** Of a version that no consumer here understands. */
export const OrderChangedV9 = defineEvent('OrderChanged', data, {
  source: 'orders',
  version: 9,
  key: 'orderId',
});
