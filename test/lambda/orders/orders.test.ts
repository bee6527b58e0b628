import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { type RestEventOptions, restEvent } from 'cdk-trellis/testing';
import { handler as cancel } from '../../../lambda/orders/cancel.js';
import { handler as dailyReport } from '../../../lambda/orders/daily-report.js';
import { handler as get } from '../../../lambda/orders/get.js';
import { handler as list } from '../../../lambda/orders/list.js';
import type { OrderItem } from '../../../lambda/orders/order-item.js';
import { handler as place } from '../../../lambda/orders/place.js';

const dynamo = mockClient(DynamoDBDocumentClient);
const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const orders = { tableName: 'orders', client };

const ada = { sub: 'user-ada' };
const lamp = { productId: 'prd_4f1c2a', name: 'Lamp', price: { amount: 8900, currency: 'EUR' as const } };
const stool = { productId: 'prd_5a5a5a', name: 'Stool', price: { amount: 1250, currency: 'EUR' } };
const yen = { productId: 'prd_7e7e7e', name: 'Fan', price: { amount: 900, currency: 'JPY' } };
const address = {
  recipient: 'Ada Lovelace',
  street: "St James's Square 12",
  postalCode: 'SW1Y 4JH',
  city: 'London',
  country: 'GB',
};
const order: OrderItem = {
  orderId: `ord_${'0'.repeat(32)}`,
  customerId: 'user-ada',
  status: 'PLACED',
  lines: [{ ...lamp, quantity: 2 }],
  total: { amount: 17800, currency: 'EUR' },
  address,
  placedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  version: 1,
  day: '2026-01-01',
};
const { customerId: _customer, version: _version, day: _day, ...sent } = order;
const refusal = (Item?: object) =>
  new ConditionalCheckFailedException({ message: '', $metadata: {}, ...(Item && { Item: Item as never }) });

async function callHandler(handler: any, clients: object, options: RestEventOptions) {
  const { statusCode, body, headers } = await handler.with(clients)(restEvent({ user: ada, ...options }));
  return { status: statusCode as number, body: body && JSON.parse(body), headers };
}

beforeEach(() => dynamo.reset());

describe('placeOrder', () => {
  beforeEach(() => dynamo.on(GetCommand).resolves({}));
  const products = [lamp, stool, yen];
  const quote = {
    functionName: 'quote',
    dryRun: async () => {},
    call: async ({ productIds }: { productIds: string[] }) => ({
      products: products.filter(({ productId }) => productIds.includes(productId)),
    }),
  };
  const lines = [
    { productId: lamp.productId, quantity: 2 },
    { productId: stool.productId, quantity: 1 },
  ];
  const request = (body: object = {}, key = '00000000-0000-4000-8000-000000000001'): RestEventOptions => ({
    method: 'POST',
    headers: { 'idempotency-key': key },
    body: { lines, address, cardToken: 'tok_approve', ...body },
  });
  const call = (options: RestEventOptions) => callHandler(place, { orders, quote }, options);
  const written = () => dynamo.commandCalls(PutCommand)[0]!.args[0].input;

  it('writes the order with its prices, and its event in the same write', async () => {
    dynamo.on(PutCommand).resolves({});
    const { status, body, headers } = await call(request());
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: 'PLACED',
      total: { amount: 19050, currency: 'EUR' },
      lines: [
        { ...lamp, quantity: 2 },
        { ...stool, quantity: 1 },
      ],
    });
    expect(headers.location).toBe(`/orders/${body.orderId}`);
    expect(written()).toMatchObject({
      Item: {
        customerId: 'user-ada',
        version: 1,
        event: {
          name: 'OrderPlaced',
          sequence: 1,
          data: { orderId: body.orderId, customerId: 'user-ada', cardToken: 'tok_approve' },
        },
      },
      ConditionExpression: 'attribute_not_exists(orderId)',
    });
  });

  it('returns no attribute that is internal to the service', async () => {
    dynamo.on(PutCommand).resolves({});
    const { body } = await call(request());
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['customerId']));
    expect(JSON.stringify(body)).not.toContain('tok_approve');
  });

  it('places one order per customer and idempotency key', async () => {
    dynamo.on(PutCommand).resolves({});
    const ids = await Promise.all(
      [request(), request(), request({}, 'another-key'), { ...request(), user: { sub: 'user-eve' } }].map(
        async (options) => (await call(options)).body.orderId,
      ),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(3);
  });

  it('returns the order of the first request to a repeated one, without requesting prices', async () => {
    dynamo.on(PutCommand).resolves({});
    await call(request());
    const { Item } = written();
    dynamo.reset();
    dynamo.on(GetCommand).resolves({ Item: { ...Item, status: 'CONFIRMED' } });
    const failingQuote = { ...quote, call: () => Promise.reject(new Error('down')) };
    expect(await callHandler(place, { orders, quote: failingQuote }, request())).toMatchObject({
      status: 201,
      body: { orderId: Item!.orderId, status: 'CONFIRMED' },
    });
    expect(dynamo.commandCalls(PutCommand)).toEqual([]);
  });

  it('returns the order that a concurrent request placed first', async () => {
    dynamo.on(GetCommand).resolvesOnce({}).resolves({ Item: order });
    dynamo.on(PutCommand).rejects(refusal());
    expect(await call(request())).toMatchObject({ status: 201, body: { orderId: order.orderId } });
  });

  it('refuses a key that was used with another body', async () => {
    dynamo.on(PutCommand).resolves({});
    const api = place.with({ orders, quote: quote as never });
    const send = (options: RestEventOptions) => api(restEvent({ user: ada, ...options }));
    expect((await send(request())).statusCode).toBe(201);
    const second = await send(request({ cardToken: 'tok_decline' }));
    expect([second.statusCode, second.body]).toEqual([
      422,
      expect.stringContaining('urn:problem:idempotency-key-reused'),
    ]);
    expect(dynamo.commandCalls(PutCommand)).toHaveLength(1);
  });

  it.each([
    ['unknown products', { lines: [{ productId: 'prd_000000', quantity: 1 }] }, 422, 'unknown-products'],
    [
      'two currencies',
      { lines: [lines[0], { productId: yen.productId, quantity: 1 }] },
      422,
      'mixed-currencies',
    ],
    ['a negative quantity', { lines: [{ ...lines[0], quantity: -1 }] }, 400, undefined],
    ['a huge quantity', { lines: [{ ...lines[0], quantity: 1e12 }] }, 400, undefined],
    ['one product twice', { lines: [lines[0], lines[0]] }, 400, undefined],
    ['no lines', { lines: [] }, 400, undefined],
    ['a card number in place of a token', { cardToken: '4111111111111111' }, 400, undefined],
    ['a price from the caller', { total: { amount: 1, currency: 'EUR' } }, 400, undefined],
  ])('refuses %s and writes nothing', async (_, body, status, type) => {
    const refused = await call(request(body));
    expect(refused.status).toBe(status);
    if (type) expect(refused.body.type).toBe(`urn:problem:${type}`);
    expect(dynamo.commandCalls(PutCommand)).toHaveLength(0);
  });

  it('requires an idempotency key', async () => {
    expect(await call({ ...request(), headers: {} })).toMatchObject({ status: 400 });
  });
});

describe('getOrder', () => {
  const request = { params: { orderId: order.orderId } };

  it('returns an order of the caller', async () => {
    const Key = { customerId: 'user-ada', orderId: order.orderId };
    dynamo.on(GetCommand, { TableName: 'orders', Key }).resolves({ Item: order });
    expect(await callHandler(get, { orders }, request)).toMatchObject({ status: 200, body: sent });
  });

  it("does not find another customer's order", async () => {
    dynamo.on(GetCommand).resolves({});
    expect(await callHandler(get, { orders }, { ...request, user: { sub: 'user-eve' } })).toMatchObject({
      status: 404,
    });
    expect(dynamo.commandCalls(GetCommand)[0]!.args[0].input.Key).toMatchObject({ customerId: 'user-eve' });
  });
});

describe('listOrders', () => {
  const clients = { orders: { ...orders, indexName: 'byTime' } };

  it('pages through the orders of the caller, newest first', async () => {
    const { orderId, placedAt } = order;
    dynamo
      .on(QueryCommand)
      .resolves({ Items: [order], LastEvaluatedKey: { customerId: 'user-ada', orderId, placedAt } });
    const first = await callHandler(list, clients, { query: { limit: '1' } });
    expect(first.body.items).toEqual([sent]);
    await callHandler(list, clients, { query: { cursor: first.body.nextCursor }, user: { sub: 'user-eve' } });
    const [firstQuery, secondQuery] = dynamo.commandCalls(QueryCommand).map(({ args }) => args[0].input);
    expect(firstQuery).toMatchObject({ IndexName: 'byTime', Limit: 1, ScanIndexForward: false });
    // A cursor of another customer reads the caller's orders only.
    expect(secondQuery).toMatchObject({
      ExpressionAttributeValues: { ':customer': 'user-eve' },
      ExclusiveStartKey: { customerId: 'user-eve', orderId, placedAt },
    });
  });

  it.each(['x', Buffer.from('{"orderId":"ord_1"}').toString('base64url')])(
    'refuses the cursor %s',
    async (text) => {
      expect(await callHandler(list, clients, { query: { cursor: text } })).toMatchObject({ status: 400 });
    },
  );
});

describe('cancelOrder', () => {
  const request = { method: 'DELETE', params: { orderId: order.orderId } };

  it('marks an unfinished order', async () => {
    dynamo.on(UpdateCommand).resolves({ Attributes: { ...order, cancelRequested: true } });
    expect(await callHandler(cancel, { orders }, request)).toMatchObject({
      status: 202,
      body: { status: 'PLACED', cancelRequested: true },
    });
  });

  it('rejects a finished order', async () => {
    dynamo.on(UpdateCommand).rejects(refusal({ status: { S: 'CONFIRMED' } }));
    expect(await callHandler(cancel, { orders }, request)).toMatchObject({
      status: 409,
      body: { type: 'urn:problem:too-late-to-cancel', detail: 'The order is confirmed.' },
    });
  });

  it("does not find another customer's order", async () => {
    dynamo.on(UpdateCommand).rejects(refusal());
    expect(await callHandler(cancel, { orders }, request)).toMatchObject({ status: 404 });
  });
});

describe('the daily report', () => {
  it('sums up the day before, by currency, under one key', async () => {
    const s3 = mockClient(S3Client);
    const confirmed = { ...order, status: 'CONFIRMED' };
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Items: [confirmed, order], LastEvaluatedKey: { day: '2026-01-01' } })
      .resolves({
        Items: [
          { ...confirmed, total: { amount: 900, currency: 'JPY' } },
          { ...order, status: 'REFUSED' },
          confirmed,
        ],
      });
    const reports = { bucketName: 'reports', client: new S3Client({}) };
    await dailyReport.with({ orders: { ...orders, indexName: 'byDay' }, reports } as never)({
      scheduledTime: '2026-01-02T02:00:00Z',
    });
    const [{ args }] = s3.calls() as unknown as [{ args: [{ input: { Key: string; Body: string } }] }];
    expect(args[0].input.Key).toBe('sales/2026-01-01.json');
    expect(JSON.parse(args[0].input.Body)).toEqual({
      day: '2026-01-01',
      orders: 5,
      refused: 1,
      revenue: { EUR: 35600, JPY: 900 },
    });
    expect(dynamo.commandCalls(QueryCommand)[0]!.args[0].input.ExpressionAttributeValues).toEqual({
      ':day': '2026-01-01',
    });
  });
});
