import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import {
  Api,
  CronJob,
  DataTable,
  defineSaga,
  EventHub,
  Outbox,
  Saga,
  SharedLayer,
  UserDirectory,
} from 'cdk-trellis';
import type { Construct } from 'constructs';
import { OrderPlaced } from '../contracts/order-events.js';
import { ordersApi } from '../contracts/orders.js';
import type { ChargeFunction, RefundFunction } from '../contracts/payments.js';
import type { QuoteFunction, ReleaseFunction, ReserveFunction, SettleFunction } from '../contracts/stock.js';
import { PAYMENTS } from './payments.js';
import { APIS_PATH, EVENTS_PATH, USERS_PATH } from './platform.js';
import { STOCK } from './products.js';
import { publishedFunction } from './published-functions.js';
import { reportsBucket } from './reports-bucket.js';

const commerce = SharedLayer.fromPackage('layers/commerce');

/** The steps of an order's fulfilment. After a failure the completed steps are undone. */
const fulfilment = defineSaga(OrderPlaced.schema)
  .step('reserve', {
    do: () => import('../lambda/orders/saga/reserve.js'),
    undo: () => import('../lambda/orders/saga/release.js'),
    // Concurrent orders of one product contend for its item in the table.
    retry: { attempts: 8, maxInterval: Duration.seconds(5) },
  })
  .step('pay', {
    do: () => import('../lambda/orders/saga/pay.js'),
    undo: () => import('../lambda/orders/saga/refund.js'),
    timeout: Duration.seconds(5),
  })
  .step('settle', { do: () => import('../lambda/orders/saga/settle.js') })
  .step('confirm', { do: () => import('../lambda/orders/saga/confirm.js') });

/** Orders: an API over a table, an outbox that publishes its changes as events, and the fulfilment workflow. */
export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const events = EventHub.fromPublished(this, 'Events', EVENTS_PATH);
    const orders = new DataTable(this, 'Orders', {
      partitionKey: 'customerId',
      sortKey: 'orderId',
      indexes: {
        byTime: { partitionKey: 'customerId', sortKey: 'placedAt' },
        byDay: { partitionKey: 'day', sortKey: 'orderId', attributes: ['status', 'total'] },
      },
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    new Api(this, 'Api', {
      contract: ordersApi,
      publishAs: `${APIS_PATH}/orders`,
      documentation: { path: '/orders' },
      users: UserDirectory.fromPublished(this, 'Users', USERS_PATH),
      bind: { orders, quote: publishedFunction<QuoteFunction>(this, STOCK, 'Quote') },
      functions: { layers: [commerce] },
      routes: {
        placeOrder: () => import('../lambda/orders/place.js'),
        listOrders: () => import('../lambda/orders/list.js'),
        getOrder: () => import('../lambda/orders/get.js'),
        cancelOrder: () => import('../lambda/orders/cancel.js'),
      },
    });
    new Outbox(this, 'Outbox', { table: orders, events });
    const saga = new Saga(this, 'Fulfilment', {
      definition: fulfilment,
      bind: {
        orders,
        reserve: publishedFunction<ReserveFunction>(this, STOCK, 'Reserve'),
        release: publishedFunction<ReleaseFunction>(this, STOCK, 'Release'),
        settle: publishedFunction<SettleFunction>(this, STOCK, 'Settle'),
        charge: publishedFunction<ChargeFunction>(this, PAYMENTS, 'Charge'),
        refund: publishedFunction<RefundFunction>(this, PAYMENTS, 'Refund'),
      },
      functions: { layers: [commerce] },
      cancelled: () => import('../lambda/orders/saga/is-cancelled.js'),
      onOutcome: () => import('../lambda/orders/saga/refuse.js'),
    });
    events.on(OrderPlaced, saga);
    const reports = reportsBucket(this, 'Reports');
    new CronJob(this, 'DailyReport', {
      // Days in the data are UTC days.
      schedule: ScheduleExpression.cron({ hour: '2', minute: '0' }),
      handler: () => import('../lambda/orders/daily-report.js'),
      bind: { orders, reports },
    });
    new CfnOutput(this, 'ReportsBucketName', { value: reports.bucketName });
  }
}
