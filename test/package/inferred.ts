// Compiled by consumers with `declaration: true`: the compiler must be able to name the type of every export.
import { bodyOf, CallError, createClient, paginate, ResponseError, upload } from 'cdk-trellis/client';
import * as contract from 'cdk-trellis/contract';
import { mockApi, nodeHandler } from 'cdk-trellis/mock';
import * as runtime from 'cdk-trellis/runtime';
import * as z from 'zod';

const { defineApi, defineEvent, defineProblem } = contract;
export const Order = z.object({ orderId: z.string(), quantity: z.int() });

export const OrderPlaced = defineEvent('OrderPlaced', Order, {
  source: 'orders',
  version: 1,
  key: 'orderId',
});
export const OutOfStock = defineProblem({
  type: 'urn:problem:out-of-stock',
  title: 'Not enough in stock',
  status: 409,
  extensions: z.object({ available: z.int() }),
});
export const photo = contract.binary('image/png');
export const orders = contract.page(Order);
export const orderQuery = contract.pageQuery();
export const { Problem, Upload, Download } = contract;
export const partners = { authorizer: 'partners', context: z.object({ partner: z.string() }) } as const;
export const ordersApi = defineApi(
  { name: 'orders', version: '1.0.0' },
  {
    placeOrder: {
      method: 'POST',
      path: '/orders',
      auth: 'user',
      idempotent: true,
      body: Order,
      responses: { 201: Order },
      errors: [OutOfStock],
    },
    listOrders: {
      method: 'GET',
      path: '/orders',
      auth: 'user',
      query: orderQuery,
      responses: { 200: orders },
    },
    getOrder: {
      method: 'GET',
      path: '/orders/{orderId}',
      auth: 'public',
      responses: { 200: Order, 404: Problem },
    },
    getPhoto: { method: 'GET', path: '/photos/{orderId}', auth: 'public', responses: { 200: photo } },
  },
);
export const document = contract.openApiDocument(ordersApi);
export const info = ordersApi[contract.apiInfo];

export const client = createClient(ordersApi, { baseUrl: '/api' });
export const get = client.getOrder;
export const placed = client.placeOrder({ body: { orderId: '1', quantity: 1 } });
export const body = async () => bodyOf(await client.getOrder({ params: { orderId: '1' } }));
export const all = paginate(client.listOrders, {});
export const sent = upload;
export const errors = { CallError, ResponseError };

export const mock = mockApi(ordersApi, {});
export const listener = nodeHandler(mock);

export const needs = {
  bucketRead: runtime.bucket.read,
  bucketWrite: runtime.bucket.write,
  bucketReadWrite: runtime.bucket.readWrite,
  bus: runtime.bus.publish,
  events: runtime.bus(OrderPlaced).publish,
  idempotency: runtime.idempotency(),
  call: runtime.invoke<{ handler: (event: z.output<typeof Order>) => Promise<string> }>().call,
  send: runtime.invoke<{ handler: (event: z.output<typeof Order>) => Promise<string> }>().send,
  number: runtime.number(),
  parameter: runtime.parameter.read,
  queue: runtime.queue.send,
  messages: runtime.queue(Order).send,
  start: runtime.saga(Order).start,
  respond: runtime.saga(Order).respond,
  secret: runtime.secret.read,
  tableRead: runtime.table.read,
  tableWrite: runtime.table.write,
  tableReadWrite: runtime.table.readWrite,
  index: runtime.table.index('byDay').read,
  text: runtime.text(),
  topic: runtime.topic.publish,
  usersRead: runtime.users.read,
  usersManage: runtime.users.manage,
  workflow: runtime.workflow.start,
};
export const clients = () => runtime.connect(needs);

export const authorize = runtime.authorizer(partners, needs, async () => ({
  principalId: 'ann',
  context: { partner: 'x' },
}));
export const consumed = runtime.consume(OrderPlaced, needs, async () => {});
export const consumedAny = runtime.consume([OrderPlaced], {}, async () => {});
export const handled = runtime.handle(needs, async (event: object, given) => ({ event, given }));
export const started = runtime.handle({ saga: runtime.saga(Order).start }, async () => {});
export const responded = runtime.handle({ saga: runtime.saga(Order).respond }, async () => {});
export const job = runtime.job(needs, async () => {});
export const place = runtime.route(ordersApi.placeOrder, needs, async ({ body }) => ({ status: 201, body }));
export const show = runtime.route(ordersApi.getOrder, {}, async () => ({
  status: 200,
  body: { orderId: '1', quantity: 1 },
}));
export const step = runtime.step({ input: Order }, needs, async () => runtime.refused('out-of-stock'));
export const undo = runtime.step({ input: Order, reserve: Order.optional() }, {}, async () => undefined);
export const trigger = runtime.trigger('preSignUp', needs, async () => ({ autoConfirmUser: true }));
export const worker = runtime.worker(Order, needs, async () => {});
export const workers = runtime.worker([Order, OrderPlaced], {}, async (_message, _clients, delivery) => {
  delivery.messageId;
});

export const cursor = runtime.cursor(Order);
export const attributes = runtime.outbox(OrderPlaced, { orderId: '1', quantity: 1 }, {
  keepFor: undefined,
} as never);
export const newer = runtime.ifNewer;
export const logger = () => runtime.logger();
export const presigned = [runtime.presignDownload, runtime.presignUpload] as const;
export const tools = { etag: runtime.etag, etagOf: runtime.etagOf, requireMatch: runtime.requireMatch };
export const correlation = { correlated: runtime.correlated, correlationId: runtime.correlationId };
export const refusals = {
  deadline: runtime.DeadlineError,
  event: runtime.EventRefusedError,
  fn: runtime.FunctionError,
  overlap: runtime.JobOverlapError,
  message: runtime.MessageRefusedError,
  user: runtime.UserRefusedError,
};
