// Compiled, never run: errors that the compiler must report.
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Api, DataTable, getItem, putEvents, sendMessage, startExecution } from 'cdk-trellis';
import { defineApi, Problem } from 'cdk-trellis/contract';
import * as z from 'zod';
import { ordersApi } from './fixtures/contract.js';

declare const queue: IQueue;
declare const stateMachine: IStateMachine;
declare const bus: IEventBus;

const stack = new Stack();
const things = new DataTable(stack, 'Things', { partitionKey: 'id' });
const post = { method: 'POST', auth: 'public', body: z.object({}) } as const;
const contract = defineApi(
  { name: 'x', version: '1.0.0' },
  {
    send: { ...post, path: '/a', responses: { 202: z.object({ messageId: z.string() }) } },
    start: { ...post, path: '/b', responses: { 202: z.object({ executionId: z.string() }) } },
    put: { ...post, path: '/c', responses: { 202: z.object({ eventId: z.string() }) } },
    drop: { ...post, path: '/d', responses: { 202: {} } },
    get: {
      method: 'GET',
      path: '/e/{id}',
      auth: 'public',
      query: z.object({ full: z.string().optional() }),
      responses: { 200: z.object({ id: z.string() }), 404: Problem },
    },
  },
);
const event = { source: 'x', detailType: 'y' };
const routes = {
  send: sendMessage(queue, { attributes: { from: 'user.sub' } }),
  start: startExecution(stateMachine),
  put: putEvents(bus, event),
  drop: sendMessage(queue),
  get: getItem(things, { key: { id: 'params.id' } }),
};

const api = new Api(stack, 'Ok', { contract, routes });
// @ts-expect-error it has no function
api.functions.send;

new Api(stack, 'Ok2', {
  contract,
  cacheSize: '0.5',
  routes: {
    ...routes,
    get: { integration: routes.get, cache: { ttl: Duration.minutes(1), keys: ['query.full', 'headers.x'] } },
  },
});
new Api(stack, 'E1', {
  contract,
  routes: {
    ...routes,
    // @ts-expect-error the operation does not have this parameter
    get: { integration: routes.get, cache: { ttl: Duration.minutes(1), keys: ['query.other'] } },
  },
});
new Api(stack, 'E2', {
  contract,
  // @ts-expect-error its response differs from the contract's
  routes: { ...routes, send: startExecution(stateMachine) },
});
new Api(stack, 'E3', {
  contract,
  // @ts-expect-error API Gateway does not have this cache size
  cacheSize: '1',
  routes,
});
// @ts-expect-error a value must be of the path, the query, the user or the authorizer
sendMessage(queue, { attributes: { from: 'headers.from' } });

const bind = { orders: new DataTable(stack, 'Orders', { partitionKey: 'orderId' }) };
const listOrders = () => import('./fixtures/list.js');
const placeOrder = () => import('./fixtures/place.js');
const cancelOrder = () => import('./fixtures/cancel.js');
const mixed = new Api(stack, 'Mixed', {
  contract: ordersApi,
  bind,
  routes: {
    listOrders,
    placeOrder: { handler: placeOrder, throttle: { requestsPerSecond: 1, burst: 1 } },
    cancelOrder,
  },
});
mixed.functions.placeOrder.functionArn;
new Api(stack, 'E4', {
  contract: ordersApi,
  bind,
  // @ts-expect-error the contract does not have this operation
  routes: { listOrders, placeOrder, cancelOrder, payOrder: placeOrder },
});
