import { EventBus } from 'aws-cdk-lib/aws-events';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { RemovalPolicy, type Stack } from 'aws-cdk-lib/core';
import {
  Api,
  DataTable,
  getItem,
  putEvents,
  sendMessage,
  startExecution,
  type UserDirectory,
} from 'cdk-trellis';
import { directApi } from './contract.js';

export type DirectProps = ConstructorParameters<typeof Api<typeof directApi, any, any, any>>[2];

/** Creates the resources that the integrations use. */
export function addResources(stack: Stack) {
  const removalPolicy = RemovalPolicy.DESTROY;
  return {
    orders: new Queue(stack, 'Orders', { enforceSSL: true, removalPolicy }),
    inOrder: new Queue(stack, 'InOrder', { enforceSSL: true, fifo: true, removalPolicy }),
    things: new DataTable(stack, 'Things', { partitionKey: 'thingId' }),
    mine: new DataTable(stack, 'Mine', { partitionKey: 'owner', sortKey: 'thingId' }),
    runs: new StateMachine(stack, 'Runs', {
      definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Done')),
    }),
    events: new EventBus(stack, 'Events'),
  };
}

/** Creates an API without functions. */
export function addDirect(
  stack: Stack,
  users: UserDirectory,
  resources = addResources(stack),
  props: Partial<DirectProps> = {},
) {
  const { orders, inOrder, things, mine, runs, events } = resources;
  return new Api(stack, 'Direct', {
    contract: directApi,
    users,
    routes: {
      sendOrder: sendMessage(orders, { attributes: { user: 'user.sub', customer: 'params.customerId' } }),
      sendInOrder: {
        integration: sendMessage(inOrder, {
          groupId: 'params.customerId',
          deduplicationId: 'params.customerId',
        }),
        throttle: { requestsPerSecond: 5, burst: 5 },
      },
      getThing: getItem(things, { key: { thingId: 'params.thingId' } }),
      getMine: getItem(mine.table, {
        key: { owner: 'user.sub', thingId: 'params.thingId' },
        consistent: true,
      }),
      run: startExecution(runs, { name: 'params.runId' }),
      publish: putEvents(events, {
        source: 'desk.test',
        detailType: 'Order placed',
        values: { room: 'params.room', reason: 'query.reason' },
      }),
    },
    ...(props as object),
  });
}
