import { step } from 'cdk-trellis/runtime';
import * as z from 'zod';

export const handler = step({ input: z.object({ orderId: z.string() }) }, {}, async () => ({}));
