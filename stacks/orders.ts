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
import { type ChargeFunction, PAYMENT_SECONDS, type RefundFunction } from '../contracts/payments.js';
import {
  type QuoteFunction,
  type ReleaseFunction,
  type ReserveFunction,
  type SettleFunction,
  STOCK_SECONDS,
} from '../contracts/stock.js';
import { PAYMENTS } from './payments.js';
import { APIS_PATH, EVENTS_PATH, USERS_PATH } from './platform.js';
import { STOCK } from './products.js';
import { publishedFunction } from './published-functions.js';
import { reportsBucket } from './reports-bucket.js';

const commerce = SharedLayer.fromPackage('layers/commerce');

/**
 * The steps of an order's fulfilment. After a failure the completed steps are undone. The state machine calls the
 * functions of other services directly; each effect belongs to the run that made it.
 */
function fulfilment(scope: Construct) {
  const stock = { timeout: Duration.seconds(STOCK_SECONDS) };
  const payments = { timeout: Duration.seconds(PAYMENT_SECONDS) };
  const order = { orderId: 'input.orderId', runId: 'execution.runId' } as const;
  return defineSaga(OrderPlaced.schema)
    .step('claim', { do: () => import('../lambda/orders/saga/claim.js') })
    .step('reserve', {
      ...stock,
      do: {
        function: publishedFunction<ReserveFunction>(scope, STOCK, 'Reserve'),
        input: { ...order, lines: 'input.lines' },
        refused: { status: { done: false, refused: 'sold-out', duplicate: 'duplicate' } },
      },
      undo: { function: publishedFunction<ReleaseFunction>(scope, STOCK, 'Release'), input: order },
      // Concurrent orders of one product contend for its item in the table.
      retry: { attempts: 8, maxInterval: Duration.seconds(5) },
    })
    .step('pay', {
      ...payments,
      do: {
        function: publishedFunction<ChargeFunction>(scope, PAYMENTS, 'Charge'),
        input: { ...order, amount: 'input.total', cardToken: 'input.cardToken' },
        refused: { status: { approved: false, declined: 'payment-declined', duplicate: 'duplicate' } },
      },
      undo: { function: publishedFunction<RefundFunction>(scope, PAYMENTS, 'Refund'), input: order },
    })
    .step('settle', {
      ...stock,
      do: {
        function: publishedFunction<SettleFunction>(scope, STOCK, 'Settle'),
        input: order,
        // The reservation was released as abandoned, or belongs to another run.
        refused: { status: { done: false, refused: 'sold-out', duplicate: 'sold-out' } },
      },
    })
    .step('confirm', { do: () => import('../lambda/orders/saga/confirm.js') });
}

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
      definition: fulfilment(this),
      bind: { orders },
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
