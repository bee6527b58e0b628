// Compiled, never run: errors that the compiler must report.
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Stack } from 'aws-cdk-lib/core';
import { Api, DataTable, UserDirectory } from 'cdk-trellis';
import { ordersApi } from './fixtures/contract.js';

const stack = new Stack();
const users = new UserDirectory(stack, 'Users');
const orders = new DataTable(stack, 'Orders', { partitionKey: 'orderId' });
const queue = new Queue(stack, 'Queue');
const list = () => import('./fixtures/list.js');
const place = () => import('./fixtures/place.js');
const cancel = () => import('./fixtures/cancel.js');
const contract = ordersApi;
const routes = { listOrders: list, placeOrder: place, cancelOrder: cancel };

new Api(stack, 'Ok', { contract, users, bind: { orders }, routes });
new Api(stack, 'Ok2', {
  contract,
  users,
  bind: { orders, unused: orders },
  routes: { ...routes, placeOrder: { handler: place, memorySize: 512 } },
});
// @ts-expect-error a route is missing
new Api(stack, 'E1', { contract, users, bind: { orders }, routes: { listOrders: list, placeOrder: place } });
new Api(stack, 'E2', {
  contract,
  users,
  bind: { orders },
  // @ts-expect-error two routes are swapped
  routes: { listOrders: list, placeOrder: cancel, cancelOrder: place },
});
// @ts-expect-error a need is not bound
new Api(stack, 'E3', { contract, users, bind: {}, routes });
// @ts-expect-error nothing is bound
new Api(stack, 'E4', { contract, users, routes });
// @ts-expect-error a need is bound to the wrong kind of resource
new Api(stack, 'E5', { contract, users, bind: { orders: queue }, routes });
