// Compiled by consumers with `declaration: true`: the compiler must be able to name what a function of theirs returns.
import { Schedule } from 'aws-cdk-lib/aws-events';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Stack } from 'aws-cdk-lib/core';
import {
  Api,
  CronJob,
  DataTable,
  defineSaga,
  EventHub,
  IdempotencyTable,
  Monitoring,
  NodeFunction,
  QueueWorker,
  Saga,
  Site,
  UserDirectory,
} from 'cdk-trellis';
import * as testing from 'cdk-trellis/testing';
import { Order, ordersApi, orders as page } from './inferred.js';
import * as handlers from './inferred-handlers.js';

export const fulfilment = defineSaga(Order).step('reserve', {
  do: () => import('./inferred-step.js'),
});

export function constructsOf(stack: Stack) {
  const table = new DataTable(stack, 'Orders', {
    partitionKey: 'orderId',
    indexes: { byDay: { partitionKey: 'day' } },
  });
  const users = new UserDirectory(stack, 'Users', { groups: ['admins'] });
  const events = new EventHub(stack, 'Events');
  const fn = new NodeFunction(stack, 'Fn', {
    handler: () => import('./inferred-handlers.js'),
    bind: { orders: table },
  });
  return { table, users, events, fn, page, schedule: Schedule, ScheduleExpression };
}
export const classes = { Api, CronJob, IdempotencyTable, Monitoring, QueueWorker, Saga, Site };
export const published = (stack: Stack) => Api.fromPublished(stack, ordersApi, '/orders');
export const bind = testing.fakes(handlers.handler);
export const fetched = testing.inProcess(ordersApi, {});
export const events = {
  rest: testing.restEvent({ path: '/' }),
  s3: testing.s3Event,
  sns: testing.snsEvent,
  sqs: testing.sqsEvent,
  bridge: testing.eventBridgeEvent,
  trigger: testing.triggerEvent,
};
export const context = testing.lambdaContext();
export const run = testing.runHandler(handlers.handler, { event: {}, bind } as never);
export const findings = testing.securityFindings;
export const template = testing.stableTemplate;
export const breaking = [testing.breakingChanges, testing.breakingEventChanges] as const;
