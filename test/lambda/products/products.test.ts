import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { fakes, type RestEventOptions, restEvent, runHandler } from 'cdk-trellis/testing';
import type { Product } from '../../../contracts/products.js';
import { handler as changeStock } from '../../../lambda/products/change-stock.js';
import { handler as create } from '../../../lambda/products/create.js';
import { position } from '../../../lambda/products/cursor.js';
import { handler as get } from '../../../lambda/products/get.js';
import { toItem } from '../../../lambda/products/item.js';
import { handler as list } from '../../../lambda/products/list.js';
import { handler as update } from '../../../lambda/products/update.js';

const bind = { ...fakes(list), ...fakes(get) };
const dynamo = bind.products.mock;

const lamp: Product = {
  productId: 'prd_4f1c2a',
  name: 'Oak desk lamp',
  description: 'A lamp.',
  category: 'lighting',
  price: { amount: 8900, currency: 'EUR' },
  stock: 3,
  version: 2,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-02T00:00:00.000Z',
};
const { productId, version, createdAt: _created, updatedAt: _updated, ...details } = lamp;
const { stock, ...texts } = details;
const admin = { groups: ['admins'] };

async function call(handler: any, options: RestEventOptions) {
  const { statusCode, body, headers } = await runHandler<any, any, any>(handler, {
    event: restEvent(options),
    bind,
  });
  return { status: statusCode as number, body: JSON.parse(body), headers };
}

beforeEach(() => dynamo.reset());

describe('listProducts', () => {
  it('returns a page of the catalogue sorted by name, with a cursor of the next page', async () => {
    dynamo.on(QueryCommand).resolves({ Items: [toItem(lamp)], LastEvaluatedKey: toItem(lamp) });
    const { status, body } = await call(list, { query: { limit: '1' } });
    expect(status).toBe(200);
    expect(body.items).toEqual([lamp]);
    expect(position.decode(body.nextCursor)).toEqual({ productId, sort: 'oak desk lamp#prd_4f1c2a' });
    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      IndexName: 'catalogue',
      Limit: 1,
    });
  });

  it('continues at a cursor, within a category', async () => {
    dynamo.on(QueryCommand).resolves({ Items: [] });
    const cursor = position.encode({ productId, sort: 'x' })!;
    const { body } = await call(list, { query: { category: 'lighting', cursor } });
    expect(body).toEqual({ items: [] });
    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      IndexName: 'byCategory',
      ExclusiveStartKey: { productId, sort: 'x', category: 'lighting' },
    });
  });

  it.each([
    'x',
    Buffer.from('{"productId":1}').toString('base64url'),
    Buffer.from('null').toString('base64url'),
  ])('refuses the cursor %s', async (cursor) => {
    expect(await call(list, { query: { cursor } })).toMatchObject({ status: 400 });
    expect(dynamo.calls()).toHaveLength(0);
  });
});

describe('getProduct', () => {
  it('returns the product without the internal attributes of the table', async () => {
    dynamo.on(GetCommand, { TableName: 'products', Key: { productId } }).resolves({ Item: toItem(lamp) });
    expect(await call(get, { params: { productId } })).toMatchObject({ status: 200, body: lamp });
    expect((await call(get, { params: { productId } })).body).not.toHaveProperty('listing');
  });

  it('returns 404 when the product does not exist', async () => {
    dynamo.on(GetCommand).resolves({});
    expect(await call(get, { params: { productId } })).toMatchObject({
      status: 404,
      body: { title: 'Product not found' },
    });
  });
});

describe('createProduct', () => {
  it('stores the first version under a new id', async () => {
    dynamo.on(PutCommand).resolves({});
    const { status, body, headers } = await call(create, { body: details, user: admin });
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...details, version: 1, productId: expect.stringMatching(/^prd_/) });
    expect(headers.location).toBe(`/products/${body.productId}`);
    expect(dynamo.commandCalls(PutCommand)[0]?.args[0].input).toMatchObject({
      Item: { ...body, listing: 'catalogue' },
      ConditionExpression: 'attribute_not_exists(productId)',
    });
  });

  it('refuses customers', async () => {
    expect(await call(create, { body: details, user: {} })).toMatchObject({ status: 403 });
    expect(dynamo.calls()).toHaveLength(0);
  });
});

describe('updateProduct', () => {
  const request = {
    params: { productId },
    body: { ...texts, name: 'Ash desk lamp', version },
    user: admin,
  };

  it('changes the product when the version is current', async () => {
    dynamo.on(UpdateCommand).resolves({ Attributes: { ...toItem(lamp), name: 'Ash desk lamp', version: 3 } });
    expect(await call(update, request)).toMatchObject({
      status: 200,
      body: { name: 'Ash desk lamp', version: 3 },
    });
    expect(dynamo.commandCalls(UpdateCommand)[0]?.args[0].input).toMatchObject({
      ConditionExpression: '#version = :expected',
      ExpressionAttributeValues: { ':expected': 2, ':version': 3, ':sort': 'ash desk lamp#prd_4f1c2a' },
    });
  });

  const refused = (Item?: object) =>
    new ConditionalCheckFailedException({ message: '', $metadata: {}, ...(Item && { Item: Item as never }) });

  it('returns 409 with the current version when the product has changed', async () => {
    dynamo.on(UpdateCommand).rejects(refused({ version: { N: '5' } }));
    expect(await call(update, request)).toMatchObject({ status: 409, body: { currentVersion: 5 } });
  });

  it('returns 404 when the product does not exist', async () => {
    dynamo.on(UpdateCommand).rejects(refused());
    expect(await call(update, request)).toMatchObject({ status: 404 });
  });

  it('returns 500 on every other error', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    dynamo.on(UpdateCommand).rejects(new Error('throttled'));
    expect(await call(update, request)).toMatchObject({ status: 500 });
  });
});

describe('changeStock', () => {
  const request = (change: number) => ({ params: { productId }, body: { change }, user: admin });

  it('requires that the stock stays within its limits', async () => {
    dynamo.on(UpdateCommand).resolves({ Attributes: { ...toItem(lamp), stock: 1 } });
    expect(await call(changeStock, request(-2))).toMatchObject({ status: 200, body: { stock: 1 } });
    expect(dynamo.commandCalls(UpdateCommand)[0]?.args[0].input).toMatchObject({
      ConditionExpression: 'stock BETWEEN :min AND :max',
      ExpressionAttributeValues: { ':change': -2, ':min': 2, ':max': 1_000_000 },
    });
  });

  it('returns 409 with the current stock', async () => {
    const Item = { stock: { N: String(stock) } };
    const refusal = new ConditionalCheckFailedException({ message: '', $metadata: {}, Item });
    dynamo.on(UpdateCommand).rejects(refusal);
    expect(await call(changeStock, request(-4))).toMatchObject({ status: 409, body: { stock: 3 } });
  });

  it('returns 404 when the product does not exist', async () => {
    dynamo.on(UpdateCommand).rejects(new ConditionalCheckFailedException({ message: '', $metadata: {} }));
    expect(await call(changeStock, request(1))).toMatchObject({ status: 404 });
  });
});
