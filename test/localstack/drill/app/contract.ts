import { defineApi, defineEvent } from 'cdk-trellis/contract';
import * as z from 'zod';

export const OrderChanged = defineEvent(
  'OrderChanged',
  z.object({ orderId: z.string(), state: z.string() }),
  {
    source: 'drill',
    version: 1,
    key: 'orderId',
  },
);

/** A message that a worker takes, or never does. */
export const Task = z.object({ name: z.string(), fails: z.boolean() });

export const notesApi = defineApi(
  { name: 'notes', version: '1.0.0' },
  {
    addNote: {
      method: 'POST',
      path: '/notes',
      auth: 'public',
      body: z.object({ text: z.string().min(1).max(20), pages: z.int().min(1) }),
      responses: { 201: z.object({ noteId: z.string() }) },
    },
  },
);
