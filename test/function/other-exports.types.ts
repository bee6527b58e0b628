// Never run: the compiler is the test. Handlers may have any export name.
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Stack } from 'aws-cdk-lib/core';
import {
  Api,
  CronJob,
  type DataTable,
  defineSaga,
  EventHub,
  QueueWorker,
  Saga,
  UserDirectory,
} from 'cdk-trellis';
import { defineApi, defineEvent } from 'cdk-trellis/contract';
import { authorizer, consume, job, route, step, table, trigger, worker } from 'cdk-trellis/runtime';
import * as z from 'zod';

const partners = { authorizer: 'partners', context: z.object({ id: z.string() }) } as const;
const users = { authorizer: 'others', context: z.object({ name: z.string() }) } as const;
const contract = defineApi(
  { name: 'orders', version: '1.0.0' },
  {
    place: {
      method: 'POST',
      path: '/orders',
      auth: partners,
      body: z.object({ n: z.int() }),
      responses: { 201: z.string() },
    },
    list: { method: 'GET', path: '/orders', auth: partners, responses: { 200: z.string() } },
  },
);
const Placed = defineEvent('Placed', z.object({ id: z.string() }), {
  source: 'orders',
  version: 1,
  key: 'id',
});
const Input = z.object({ kind: z.enum(['card', 'invoice']) });

const exported = {
  place: route(contract.place, { orders: table.write }, async () => ({ status: 201, body: 'placed' })),
  list: route(contract.list, {}, async () => ({ status: 200, body: 'none' })),
  partners: authorizer(partners, { orders: table.read }, async () => 'unauthorized'),
  others: authorizer(users, {}, async () => 'unauthorized'),
  preSignUp: trigger('preSignUp', { orders: table.read }, async () => ({ autoConfirmUser: true })),
  postConfirmation: trigger('postConfirmation', {}, async () => {}),
  placed: consume(Placed, { orders: table.write }, async () => {}),
  mail: worker(z.object({ to: z.string() }), { orders: table.write }, async () => {}),
  report: job({ orders: table.write }, async () => {}),
  pay: step({ input: Input }, { orders: table.write }, async () => ({ paymentId: '1' })),
  other: step({ input: z.object({ kind: z.int() }) }, {}, async () => 1),
};
declare const module: () => Promise<typeof exported>;
declare const stack: Stack;
declare const orders: DataTable;

const bind = { orders };
const schedule = ScheduleExpression.cron({});
const place = () => module().then((m) => ({ handler: m.place }));
const authorizers = { partners: { handler: () => module().then((m) => ({ handler: m.partners })) } };
new Api(stack, 'Api', {
  contract,
  bind,
  authorizers: {
    partners: { type: 'request', handler: () => module().then((m) => ({ handler: m.partners })) },
  },
  routes: {
    place: () => module().then((m) => ({ handler: m.place })),
    list: { memorySize: 512, handler: () => module().then((m) => ({ handler: m.list })) },
  },
});
new UserDirectory(stack, 'Users', {
  bind,
  triggers: {
    preSignUp: () => module().then((m) => ({ handler: m.preSignUp })),
    postConfirmation: {
      memorySize: 512,
      handler: () => module().then((m) => ({ handler: m.postConfirmation })),
    },
  },
});
new EventHub(stack, 'Events').on(Placed, () => module().then((m) => ({ handler: m.placed })), { bind });
new QueueWorker(stack, 'Mails', { handler: () => module().then((m) => ({ handler: m.mail })), bind });
new CronJob(stack, 'Report', {
  schedule,
  handler: () => module().then((m) => ({ handler: m.report })),
  bind,
});
const definition = defineSaga(Input)
  .step('first', { do: () => module().then((m) => ({ handler: m.pay })) })
  .parallel({
    second: {
      do: () => module().then((m) => ({ handler: m.pay })),
      undo: () => module().then((m) => ({ handler: m.pay })),
    },
    third: { do: { memorySize: 512, handler: () => module().then((m) => ({ handler: m.pay })) } },
  })
  .choice('pay', 'input.kind', {
    card: { do: () => module().then((m) => ({ handler: m.pay })) },
    invoice: { do: () => module().then((m) => ({ handler: m.pay })) },
  });
new Saga(stack, 'Saga', { definition, bind });

new Api(stack, 'E1', {
  contract,
  bind,
  authorizers,
  routes: {
    place,
    // @ts-expect-error the handler of another operation
    list: () => module().then((m) => ({ handler: m.place })),
  },
});
new Api(stack, 'E2', {
  contract,
  bind,
  authorizers,
  routes: {
    place,
    // @ts-expect-error an export that does not exist
    list: () => module().then((m) => ({ handler: m.lst })),
  },
});
new Api(stack, 'E3', {
  contract,
  bind: {},
  // @ts-expect-error a need of the authorizer is not bound
  authorizers,
  routes: {
    // @ts-expect-error a need is not bound
    place: () => module().then((m) => ({ handler: m.place })),
    list: () => module().then((m) => ({ handler: m.list })),
  },
});
new Api(stack, 'E4', {
  contract,
  bind,
  // @ts-expect-error an authorizer of another name
  authorizers: { partners: { handler: () => module().then((m) => ({ handler: m.others })) } },
  routes: { place, list: () => module().then((m) => ({ handler: m.list })) },
});
new UserDirectory(stack, 'E5', {
  bind: {},
  // @ts-expect-error a need is not bound
  triggers: { preSignUp: () => module().then((m) => ({ handler: m.preSignUp })) },
});
new UserDirectory(stack, 'E6', {
  bind,
  // @ts-expect-error a trigger of another moment
  triggers: { preAuthentication: () => module().then((m) => ({ handler: m.preSignUp })) },
});
// @ts-expect-error a need is not bound
new EventHub(stack, 'E7').on(Placed, () => module().then((m) => ({ handler: m.placed })));
// @ts-expect-error a need is not bound
new QueueWorker(stack, 'E8', { handler: () => module().then((m) => ({ handler: m.mail })) });
// @ts-expect-error a need is not bound
new CronJob(stack, 'E9', { schedule, handler: () => module().then((m) => ({ handler: m.report })) });
defineSaga(Input)
  .step('pay', { do: () => module().then((m) => ({ handler: m.pay })) })
  .parallel({
    // @ts-expect-error it reads a property that does not exist
    first: { do: () => module().then((m) => ({ handler: m.other })) },
  });
// @ts-expect-error a need is not bound
new Saga(stack, 'E10', { definition });
