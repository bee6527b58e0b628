// A step of the saga in inferred-constructs.ts.
import { step } from 'cdk-trellis/runtime';
import { Order } from './inferred.js';

export const handler = step({ input: Order }, {}, async ({ input }) => ({ reservationId: input.orderId }));
