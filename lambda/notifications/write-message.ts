import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { format } from '@storefront/commerce/money';
import type { EventOf } from 'cdk-trellis/contract';
import { table, worker } from 'cdk-trellis/runtime';
import type { Message } from '../../contracts/notifications.js';
import { OrderConfirmed, OrderRefused, type RefusalReason } from '../../contracts/order-events.js';

type NotifiedEvent = EventOf<typeof OrderConfirmed> | EventOf<typeof OrderRefused>;

const REASONS: Readonly<Record<RefusalReason, string>> = {
  'sold-out': 'a product of your order has sold out',
  'payment-declined': 'your payment was declined',
  cancelled: 'you cancelled it',
  technical: 'something went wrong on our side',
};

/** Writes a message to the inbox of the order's customer; a duplicate event creates no second message. */
export const handler = worker(
  [OrderConfirmed, OrderRefused],
  { inbox: table.write },
  async (event, { inbox }) => {
    const { orderId, customerId } = event.data;
    const message: Message = {
      // Sorts by time and is identical for every delivery of the event, so a duplicate fails the condition below.
      messageId: `${event.time}#${event.id}`,
      orderId,
      sentAt: event.time,
      ...textOf(event),
    };
    try {
      await inbox.client.send(
        new PutCommand({
          TableName: inbox.tableName,
          Item: { customerId, ...message },
          ConditionExpression: 'attribute_not_exists(messageId)',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  },
);

function textOf(event: NotifiedEvent): Pick<Message, 'kind' | 'title' | 'text'> {
  const total = format(event.data.total);
  if (event.name === 'OrderConfirmed') {
    return {
      kind: 'order-confirmed',
      title: 'Your order is confirmed',
      text: `We have received ${total} and will send your order soon.`,
    };
  }
  return {
    kind: 'order-refused',
    title: 'Your order was not carried out',
    text: `We are sorry: ${REASONS[event.data.reason]}. You do not pay ${total}; any payment is refunded.`,
  };
}
