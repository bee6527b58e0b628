import { defineApi, page, pageQuery } from 'cdk-trellis/contract';
import * as z from 'zod';
import { OrderId } from './stock.js';

/** Message of the shop to a customer. */
export const Message = z.object({
  messageId: z.string(),
  kind: z.enum(['order-confirmed', 'order-refused']),
  orderId: OrderId,
  title: z.string(),
  text: z.string(),
  sentAt: z.iso.datetime(),
});
export type Message = z.output<typeof Message>;

export const notificationsApi = defineApi(
  {
    name: 'notifications',
    version: '1.0.0',
    title: 'Notifications',
    description: 'Messages of the shop to its customers.',
  },
  {
    listMessages: {
      method: 'GET',
      path: '/inbox',
      auth: 'user',
      summary: 'The messages to the signed-in user, the newest first',
      query: pageQuery({ maxLimit: 50 }),
      responses: { 200: page(Message) },
    },
  },
);
