import { Stack, type StackProps } from 'aws-cdk-lib/core';
import { Api, DataTable, EventHub, QueueWorker, SharedLayer, UserDirectory } from 'cdk-trellis';
import type { Construct } from 'constructs';
import { notificationsApi } from '../contracts/notifications.js';
import { OrderConfirmed, OrderRefused } from '../contracts/order-events.js';
import { APIS_PATH, EVENTS_PATH, USERS_PATH } from './platform.js';

const commerce = SharedLayer.fromPackage('layers/commerce');

/** Messages to customers: a queue receives events, a worker writes the inbox, and an API reads it. */
export class NotificationsStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const inbox = new DataTable(this, 'Inbox', { partitionKey: 'customerId', sortKey: 'messageId' });
    const messages = new QueueWorker(this, 'Messages', {
      handler: () => import('../lambda/notifications/write-message.js'),
      bind: { inbox },
      layers: [commerce],
    });
    const events = EventHub.fromPublished(this, 'Events', EVENTS_PATH);
    events.on([OrderConfirmed], messages);
    events.on([OrderRefused], messages);
    new Api(this, 'Api', {
      contract: notificationsApi,
      publishAs: `${APIS_PATH}/notifications`,
      documentation: { path: '/inbox' },
      users: UserDirectory.fromPublished(this, 'Users', USERS_PATH),
      bind: { inbox },
      routes: { listMessages: () => import('../lambda/notifications/list.js') },
    });
  }
}
