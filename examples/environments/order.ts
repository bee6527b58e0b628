import * as z from 'zod';

export const Order = z.object({ orderId: z.string(), total: z.number().int() });
