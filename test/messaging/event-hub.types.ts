// Compiled, never run: what the compiler must refuse.
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Stack } from 'aws-cdk-lib/core';
import { type DataTable, defineSaga, type EventHub, NodeFunction, type QueueWorker, Saga } from 'cdk-trellis';
import { defineEvent } from 'cdk-trellis/contract';
import { bus, consume, step } from 'cdk-trellis/runtime';
import * as z from 'zod';
import { OrderCancelled, OrderPlaced, OrderPlacedV1 } from './fixtures/events.js';

const placed = () => import('./fixtures/on-order-placed.js');
const anyVersion = () => import('./fixtures/on-any-version.js');
const plain = () => import('./fixtures/plain-consumer.js');
const mailer = () => import('./fixtures/send-mail-once.js');

export function handlers(hub: EventHub, log: DataTable, queue: IQueue) {
  hub.on(OrderPlaced, placed);
  hub.on(OrderPlaced, placed, { memorySize: 512, retryAttempts: 3 });
  hub.on(OrderPlaced, plain);
  hub.on(OrderPlacedV1, anyVersion, { bind: { log } });
  hub.on([OrderPlacedV1, OrderPlaced], anyVersion, { bind: { log } });
  // @ts-expect-error another event
  hub.on(OrderCancelled, placed);
  // @ts-expect-error another version
  hub.on(OrderPlacedV1, placed);
  // @ts-expect-error a version that the handler does not understand
  hub.on([OrderPlacedV1, OrderPlaced], placed);
  // @ts-expect-error a handler of messages
  hub.on(OrderPlaced, mailer);
  // @ts-expect-error a need is not bound
  hub.on(OrderPlacedV1, anyVersion);
  // @ts-expect-error bound to another kind
  hub.on(OrderPlacedV1, anyVersion, { bind: { log: queue } });
}

type Worker<Module extends { handler: (event: any, context: any) => unknown }> = QueueWorker<Module>;

export function targets(
  hub: EventHub,
  fn: IFunction,
  queue: IQueue,
  machine: IStateMachine,
  consumer: NodeFunction<typeof import('./fixtures/on-order-placed.js')>,
  events: Worker<typeof import('./fixtures/order-mails.js')>,
  mails: Worker<typeof import('./fixtures/send-mail.js')>,
) {
  hub.on(OrderPlaced, fn);
  hub.on(OrderPlaced, queue);
  hub.on(OrderPlaced, machine);
  hub.on(OrderPlaced, consumer);
  hub.on(OrderPlaced, events);
  hub.on(OrderCancelled, events);
  // @ts-expect-error the function of another event
  hub.on(OrderCancelled, consumer);
  // @ts-expect-error a worker that does not understand this version
  hub.on(OrderPlacedV1, events);
  // @ts-expect-error a worker of other messages
  hub.on(OrderPlaced, mails);
}

const reserve = step({ input: z.object({ orderId: z.string() }) }, {}, async ({ input }) => input.orderId);
type Reserve = { readonly handler: typeof reserve };

export function sagas(hub: EventHub, stack: Stack, code: () => Promise<Reserve>) {
  const ofOrders = defineSaga(z.object({ orderId: z.string() })).step('reserve', { do: code });
  const ofOthers = defineSaga(z.object({ orderId: z.string(), day: z.string() })).step('reserve', {
    do: code,
  });
  hub.on(OrderPlaced, new Saga(stack, 'Fulfil', { definition: ofOrders }));
  // @ts-expect-error it is started with something else
  hub.on(OrderPlaced, new Saga(stack, 'E1', { definition: ofOthers }));
}

export function publishers(hub: EventHub, queue: IQueue) {
  const handler = () => import('./fixtures/publisher.js');
  new NodeFunction(hub, 'Publisher', { handler, bind: { placed: hub } });
  new NodeFunction(hub, 'Cdk', { handler, bind: { placed: hub.bus } });
  // @ts-expect-error a queue is not a bus
  new NodeFunction(hub, 'E1', { handler, bind: { placed: queue } });
  const client = bus(OrderPlaced).publish.connect('bus');
  client.publish({ orderId: '1', total: 1 });
  // @ts-expect-error a property is missing
  client.publish({ orderId: '1' });
  // @ts-expect-error a property that the event does not have
  client.publish({ orderId: '1', total: 1, note: '' });
}

export function definitions() {
  const schema = z.object({ orderId: z.string() });
  // @ts-expect-error no version
  defineEvent('OrderPlaced', schema, {});
  // @ts-expect-error a key that the data does not have
  defineEvent('OrderPlaced', schema, { version: 1, key: 'id' });
  return consume([OrderPlaced, OrderCancelled], {}, async (event) => {
    // @ts-expect-error only one of them has a total
    event.data.total;
    if (event.name === 'OrderPlaced') event.data.total.toFixed();
  });
}
