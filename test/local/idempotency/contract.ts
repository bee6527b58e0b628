import { defineApi } from 'cdk-trellis/contract';
import * as z from 'zod';

/** Accepts any token: it is the name of the caller. */
export const callers = { authorizer: 'callers' } as const;

export const payments = defineApi(
  { name: 'payments', version: '1.0.0' },
  {
    pay: {
      method: 'POST',
      path: '/payments',
      auth: callers,
      idempotent: true,
      body: z.object({ what: z.string(), milliseconds: z.int().default(0) }),
      responses: {
        201: { body: z.object({ paid: z.string() }), headers: z.object({ location: z.string() }) },
      },
    },
  },
);
