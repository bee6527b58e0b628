import { apiInfo, defineApi } from 'cdk-trellis/contract';
import * as z from 'zod';

const info = { name: 'orders', version: '1.0.0' };
const responses = { 200: z.object({}) };

describe('defineApi', () => {
  it('keeps the operations and the name of the API', () => {
    const api = defineApi(info, { list: { method: 'GET', path: '/orders', auth: 'public', responses } });
    expect(Object.keys(api)).toEqual(['list']);
    expect(api[apiInfo]).toEqual(info);
  });

  it.each([
    ['a name that is not lower-case', { ...info, name: 'Orders' }, {}, '`name` must be lower-case'],
    ['no operation', info, {}, '`operations` must have at least one operation'],
    [
      'two operations with the same method and path, regardless of parameter names',
      info,
      {
        a: { method: 'GET', path: '/orders/{id}', auth: 'public', responses },
        b: { method: 'GET', path: '/orders/{orderId}', auth: 'public', responses },
      },
      'b and a are both GET /orders/{id}',
    ],
    [
      'an invalid path',
      info,
      { a: { method: 'GET', path: '/orders/{}', auth: 'public', responses } },
      'a: `path` must be like /orders/{orderId}, got "/orders/{}"',
    ],
    [
      'two names for a parameter in the same segment, of which API Gateway allows one',
      info,
      {
        a: { method: 'GET', path: '/orders/{id}', auth: 'public', responses },
        b: { method: 'GET', path: '/orders/{orderId}/lines', auth: 'public', responses },
      },
      'b: {orderId} must be {id}, as in the path of a',
    ],
    [
      'an operation whose name is not an identifier',
      info,
      { 'get-order': { method: 'GET', path: '/a', auth: 'public', responses } },
      'get-order: the name must be like getOrder',
    ],
    [
      'an unknown property',
      info,
      { a: { method: 'GET', path: '/a', auth: 'public', querry: z.object({}), responses } },
      'a: unknown property `querry`',
    ],
    [
      'an invalid status',
      info,
      { a: { method: 'GET', path: '/a', auth: 'public', responses: { ...responses, 42: z.string() } } },
      'a: `responses` keys must be HTTP status codes (200 to 599), got 42',
    ],
    [
      'a group that a claim cannot distinguish from several',
      info,
      { a: { method: 'GET', path: '/a', auth: { group: 'staff,admins' }, responses } },
      'a: `auth.group` must not have spaces, commas or brackets, got "staff,admins"',
    ],
    [
      'a duplicate path parameter',
      info,
      { a: { method: 'GET', path: '/a/{id}/b/{id}', auth: 'public', responses } },
      'a: `path` repeats the parameter {id}',
    ],
    [
      'a schema for a parameter that the path does not have',
      info,
      {
        a: {
          method: 'GET',
          path: '/a/{id}',
          auth: 'public',
          params: z.object({ ib: z.string() }),
          responses,
        },
      },
      'a: `params` must only have parameters of the path "/a/{id}", got "ib"',
    ],
    [
      'a GET with a body',
      info,
      { a: { method: 'GET', path: '/a', auth: 'public', body: z.object({}), responses } },
      'a: `body` is not possible with GET',
    ],
    [
      'an operation without a success response',
      info,
      { a: { method: 'GET', path: '/a', auth: 'public', responses: { 404: z.object({}) } } },
      'a: `responses` must have a success response',
    ],
  ])('rejects %s', (_name, apiInfo, operations, message) => {
    expect(() => defineApi(apiInfo, operations as never)).toThrow(message);
  });

  it('accepts one parameter in several paths', () => {
    const operation = { method: 'GET', auth: 'public', responses } as const;
    const api = defineApi(info, {
      getOrder: { ...operation, path: '/orders/{orderId}' },
      listLines: { ...operation, path: '/orders/{orderId}/lines' },
      getProduct: { ...operation, path: '/products/{productId}' },
    });
    expect(Object.keys(api)).toHaveLength(3);
  });

  it('reports all errors at once', () => {
    const broken = {
      a: { method: 'GET', path: '/a', auth: 'public', body: z.object({}), responses: {} },
    } as const;
    expect(() => defineApi(info, broken)).toThrow(/not possible with GET[\s\S]*must have a success response/);
  });
});
