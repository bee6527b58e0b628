import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import {
  binary,
  defineApi,
  openApiDocument,
  PreconditionFailed,
  Problem,
  page,
  pageQuery,
} from 'cdk-trellis/contract';
import * as z from 'zod';
import { productsApi } from '../../../contracts/products.js';
import { Closed, OutOfStock } from '../../fixtures/contract.js';
import { officialErrors } from './official.js';

const Money = z.object({ amount: z.int(), currency: z.enum(['EUR', 'USD']) }).meta({ id: 'Money' });
const Order = z
  .object({ orderId: z.string(), total: Money, note: z.string().trim().min(1).optional() })
  .meta({
    id: 'Order',
    description: 'What a customer buys.',
  });
const Category = z.object({
  name: z.string(),
  get children(): z.ZodType {
    return z.array(Category);
  },
});

const partners = { authorizer: 'partners', context: z.object({ partnerId: z.string() }) } as const;

const api = defineApi(
  { name: 'orders', version: '2.1.0', title: 'Orders', description: 'What customers buy.' },
  {
    placeOrder: {
      method: 'POST',
      path: '/orders',
      auth: { group: 'customers', scopes: ['orders/write'] },
      apiKey: true,
      summary: 'Places an order',
      idempotencyKey: true,
      headers: z.object({
        'x-shop': z.string().meta({ description: 'Which shop.' }),
        'x-day': z.iso.date().optional(),
      }),
      body: Order,
      examples: { small: { orderId: 'ord_1', total: { amount: 100, currency: 'EUR' } } },
      responses: {
        201: {
          description: 'The order, as it is stored.',
          body: Order,
          headers: z.object({ location: z.string() }),
          examples: { small: { orderId: 'ord_1', total: { amount: 100, currency: 'EUR' } } },
        },
      },
      errors: [OutOfStock, Closed],
    },
    listOrders: {
      method: 'GET',
      path: '/orders',
      auth: 'public',
      query: pageQuery({ maxLimit: 50 }).extend({
        tag: z.array(z.string()).optional(),
        open: z.stringbool().optional(),
      }),
      responses: { 200: page(Order) },
      deprecated: { since: '2027-01-31', sunset: '2027-07-31', see: 'https://example.com/v3' },
    },
    getOrder: {
      method: 'GET',
      path: '/orders/{orderId}',
      auth: 'iam',
      params: z.object({ orderId: z.string().min(4).meta({ description: 'As `placeOrder` gave it.' }) }),
      responses: {
        200: { body: Order, headers: z.object({ etag: z.string() }) },
        404: Problem,
      },
    },
    changeOrder: {
      method: 'PUT',
      path: '/orders/{orderId}',
      auth: partners,
      body: z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() })),
      responses: { 204: {} },
      errors: [PreconditionFailed],
    },
    getReport: {
      method: 'GET',
      path: '/report',
      auth: 'public',
      responses: { 200: { content: { 'application/json': z.array(Order), 'text/csv': z.string() } } },
    },
    putPhoto: {
      method: 'PUT',
      path: '/photo',
      auth: 'public',
      body: binary(['image/png', 'image/jpeg'], { maxBytes: 1000 }),
      responses: { 200: binary('image/png') },
    },
    getCategories: { method: 'GET', path: '/categories', auth: 'public', responses: { 200: Category } },
  },
);

const document = openApiDocument(api, { servers: ['https://shop.example.com/api'] }) as any;
const operation = (path: string, method: string) => document.paths[path][method];
const parameter = (path: string, method: string, name: string) =>
  operation(path, method).parameters.find((candidate: any) => candidate.name === name);

describe('the document', () => {
  it('matches the official schema of OpenAPI 3.1', async () => {
    expect(await officialErrors(document)).toBe('');
    expect(await officialErrors(openApiDocument(productsApi))).toBe('');
  });

  it('is rejected by the official schema if it is invalid', async () => {
    expect(await officialErrors({ ...document, info: {} })).toMatch(/title/);
  });

  it('has valid JSON Schema 2020-12, and examples that match it', () => {
    const ajv = addFormats(new Ajv2020({ strict: false }));
    ajv.addSchema({ $id: 'document', ...document });
    for (const part of ['201', 'Body']) {
      const media =
        part === 'Body'
          ? operation('/orders', 'post').requestBody.content['application/json']
          : operation('/orders', 'post').responses[part].content['application/json'];
      const check = ajv.compile({ $ref: `document${media.schema.$ref}` });
      expect(check(media.examples.small.value)).toBe(true);
      expect(check({ orderId: 1 })).toBe(false);
    }
  });

  it('has the name, the version and the servers of the API', () => {
    expect(document.info).toEqual({ title: 'Orders', version: '2.1.0', description: 'What customers buy.' });
    expect(document.servers).toEqual([{ url: 'https://shop.example.com/api' }]);
    expect(openApiDocument(api)).not.toHaveProperty('servers');
  });

  it('defines every component that it refers to', () => {
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g);
    for (const [, kind, name] of references) expect(document.components[kind!]).toHaveProperty(name!);
  });
});

describe('a schema with an id', () => {
  it('is a component with references to it', () => {
    expect(document.components.schemas.Money).toMatchObject({
      type: 'object',
      required: ['amount', 'currency'],
    });
    expect(document.components.schemas.Order.properties.total).toEqual({
      $ref: '#/components/schemas/Money',
    });
    expect(document.components.schemas.Order.description).toBe('What a customer buys.');
  });

  it('has a stricter form for requests, with its parts', () => {
    const { schema } = operation('/orders', 'post').requestBody.content['application/json'];
    expect(schema).toEqual({ $ref: '#/components/schemas/OrderInput' });
    expect(document.components.schemas.OrderInput).toMatchObject({
      additionalProperties: false,
      properties: { total: { $ref: '#/components/schemas/MoneyInput' } },
    });
    expect(document.components.schemas.Order).not.toHaveProperty('additionalProperties');
  });

  it('keeps its name if only requests use it', () => {
    const only = defineApi(
      { name: 'a', version: '1.0.0' },
      { a: { method: 'POST', path: '/a', auth: 'public', body: Money, responses: { 204: {} } } },
    );
    expect(Object.keys(openApiDocument(only).components.schemas!)).toEqual(['Money', 'Problem']);
  });

  it('must be unique', () => {
    const other = z.object({}).meta({ id: 'Money' });
    const clash = defineApi(
      { name: 'a', version: '1.0.0' },
      { a: { method: 'GET', path: '/a', auth: 'public', responses: { 200: z.tuple([Money, other]) } } },
    );
    expect(() => openApiDocument(clash)).toThrow('Money');
    const apart = defineApi(
      { name: 'a', version: '1.0.0' },
      {
        a: { method: 'GET', path: '/a', auth: 'public', responses: { 200: Money } },
        b: { method: 'GET', path: '/b', auth: 'public', responses: { 200: other } },
      },
    );
    expect(() => openApiDocument(apart)).toThrow('Two schemas have the id "Money"');
  });
});

it('a recursive schema is a component', () => {
  const { schema } = operation('/categories', 'get').responses[200].content['application/json'];
  const name = schema.$ref.split('/').at(-1);
  expect(document.components.schemas[name].properties.children.items).toEqual(schema);
});

it('the sides of an intersection are not strict: each would reject the properties of the other', () => {
  const { schema } = operation('/orders/{orderId}', 'put').requestBody.content['application/json'];
  const check = new Ajv2020().compile(schema);
  expect(check({ a: '', b: '' })).toBe(true);
});

describe('parameters', () => {
  it('of the path are required and described', () => {
    expect(parameter('/orders/{orderId}', 'get', 'orderId')).toEqual({
      name: 'orderId',
      in: 'path',
      description: 'As `placeOrder` gave it.',
      required: true,
      schema: { type: 'string', minLength: 4 },
    });
    expect(parameter('/orders/{orderId}', 'put', 'orderId').schema).toEqual({ type: 'string' });
  });

  it('of the query have the type of their parsed value', () => {
    expect(parameter('/orders', 'get', 'limit')).toEqual({
      name: 'limit',
      in: 'query',
      schema: { type: 'integer', minimum: 1, maximum: 50, default: 20 },
    });
    expect(parameter('/orders', 'get', 'open').schema).toEqual({ type: 'boolean' });
    expect(parameter('/orders', 'get', 'tag')).toMatchObject({ style: 'form', explode: true });
  });

  it('in headers are the declared ones and the idempotency key', () => {
    expect(parameter('/orders', 'post', 'x-shop')).toMatchObject({
      in: 'header',
      required: true,
      description: 'Which shop.',
    });
    expect(parameter('/orders', 'post', 'x-day')).not.toHaveProperty('required');
    expect(parameter('/orders', 'post', 'idempotency-key')).toMatchObject({ in: 'header', required: true });
  });

  it('of conditional requests are present with an etag and with a 412', () => {
    expect(parameter('/orders/{orderId}', 'get', 'if-none-match')).toMatchObject({ in: 'header' });
    expect(operation('/orders/{orderId}', 'get').responses).toHaveProperty('304');
    expect(parameter('/orders/{orderId}', 'put', 'if-match')).toMatchObject({ in: 'header' });
    expect(parameter('/orders', 'get', 'if-none-match')).toBeUndefined();
  });
});

describe('responses', () => {
  it('have their description, headers and examples', () => {
    expect(operation('/orders', 'post').responses[201]).toEqual({
      description: 'The order, as it is stored.',
      headers: { location: { required: true, schema: { type: 'string' } } },
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/Order' },
          examples: { small: { value: { orderId: 'ord_1', total: { amount: 100, currency: 'EUR' } } } },
        },
      },
    });
  });

  it('with several problems distinguish them by type', () => {
    const { description, content } = operation('/orders', 'post').responses[409];
    expect(description).toBe('Not enough in stock; or: The shop is closed');
    const [first, second] = content['application/problem+json'].schema.anyOf;
    expect(first.properties).toMatchObject({
      type: { const: 'urn:problem:out-of-stock' },
      available: { type: 'integer' },
    });
    expect(second.properties.type).toEqual({ const: 'urn:problem:closed', type: 'string' });
  });

  it('in several content types have them all, and 406', () => {
    const { responses } = operation('/report', 'get');
    expect(Object.keys(responses[200].content)).toEqual(['application/json', 'text/csv']);
    expect(responses).toHaveProperty('406');
  });

  it('without a body have no content', () => {
    expect(operation('/orders/{orderId}', 'put').responses[204]).toEqual({
      description: 'Success without a body.',
    });
  });

  it('include the shared errors', () => {
    const statuses = (path: string, method: string) => Object.keys(operation(path, method).responses);
    expect(statuses('/categories', 'get')).toEqual(['200', '400', '429', '500', '502', '503', '504']);
    expect(statuses('/orders', 'post')).toEqual(expect.arrayContaining(['401', '403', '413', '415']));
    expect(document.components.responses[429].content['application/problem+json'].schema).toEqual({
      $ref: '#/components/schemas/Problem',
    });
  });
});

it('bytes have their content types and their size', () => {
  const { requestBody, responses } = operation('/photo', 'put');
  const schema = { type: 'string', format: 'binary', maxLength: 1000 };
  expect(requestBody.content).toEqual({ 'image/png': { schema }, 'image/jpeg': { schema } });
  expect(responses[200].content['image/png'].schema.maxLength).toBe(1_000_000);
});

it('every operation has its security requirement', () => {
  expect(operation('/orders', 'get').security).toEqual([]);
  expect(operation('/orders', 'post').security).toEqual([
    { users: ['orders/write', 'group customers'], apiKey: [] },
  ]);
  expect(operation('/orders/{orderId}', 'get').security).toEqual([{ iam: [] }]);
  expect(operation('/orders/{orderId}', 'put').security).toEqual([{ partners: [] }]);
  expect(Object.keys(document.components.securitySchemes)).toEqual(['apiKey', 'iam', 'partners', 'users']);
});

it('a deprecated operation has its dates and its replacement', () => {
  expect(operation('/orders', 'get')).toMatchObject({
    deprecated: true,
    description:
      'Deprecated since 2027-01-31.\n\nMay be removed after 2027-07-31.\n\nReplacement: https://example.com/v3',
  });
});

it('a text that is trimmed before its length is checked requires a visible character', () => {
  expect(document.components.schemas.Order.properties.note).toEqual({
    type: 'string',
    minLength: 1,
    pattern: '\\S',
  });
});
