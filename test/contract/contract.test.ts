import { apiInfo, defineApi } from 'cdk-trellis/contract';
import * as z from 'zod';

const info = { name: 'orders', version: '1.0.0' };
const responses = { 200: z.object({}) };

describe('defineApi', () => {
  it('keeps the operations and what the API is called', () => {
    const api = defineApi(info, { list: { method: 'GET', path: '/orders', auth: 'public', responses } });
    expect(Object.keys(api)).toEqual(['list']);
    expect(api[apiInfo]).toEqual(info);
  });

  it.each([
    ['a name that is not lower-case', { ...info, name: 'Orders' }, {}, '`name` must be lower-case'],
    ['no operation', info, {}, 'it has no operations'],
    [
      'two operations at one place, whatever their parameters are called',
      info,
      {
        a: { method: 'GET', path: '/orders/{id}', auth: 'public', responses },
        b: { method: 'GET', path: '/orders/{orderId}', auth: 'public', responses },
      },
      'b and a are both GET /orders/{id}',
    ],
    [
      'a path that is none',
      info,
      { a: { method: 'GET', path: '/orders/{}', auth: 'public', responses } },
      'a: `path` must be like /orders/{orderId}, got "/orders/{}"',
    ],
    [
      'two names for the parameter at one place, of which API Gateway takes one only',
      info,
      {
        a: { method: 'GET', path: '/orders/{id}', auth: 'public', responses },
        b: { method: 'GET', path: '/orders/{orderId}/lines', auth: 'public', responses },
      },
      'b: {orderId} is called {id} in the path of a',
    ],
    [
      'an operation whose name is no identifier',
      info,
      { 'get-order': { method: 'GET', path: '/a', auth: 'public', responses } },
      'get-order: an operation must be called like getOrder',
    ],
    [
      'a property that no operation has',
      info,
      { a: { method: 'GET', path: '/a', auth: 'public', querry: z.object({}), responses } },
      'a: an operation has no `querry`',
    ],
    [
      'a status that is none',
      info,
      { a: { method: 'GET', path: '/a', auth: 'public', responses: { ...responses, 42: z.string() } } },
      'a: `responses` has 42, which is no status of HTTP',
    ],
    [
      'a group that cannot be told from several in a claim',
      info,
      { a: { method: 'GET', path: '/a', auth: { group: 'staff,admins' }, responses } },
      'a: a group must have no spaces, commas or brackets, got "staff,admins"',
    ],
    [
      'a path parameter that stands twice',
      info,
      { a: { method: 'GET', path: '/a/{id}/b/{id}', auth: 'public', responses } },
      'a: a parameter stands twice',
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
      'a: `params` has "ib"',
    ],
    [
      'a GET with a body',
      info,
      { a: { method: 'GET', path: '/a', auth: 'public', body: z.object({}), responses } },
      'a: a GET has no body',
    ],
    [
      'responses without a success',
      info,
      { a: { method: 'GET', path: '/a', auth: 'public', responses: { 404: z.object({}) } } },
      'a: `responses` has no status below 400',
    ],
  ])('refuses %s', (_what, given, operations, message) => {
    expect(() => defineApi(given, operations as never)).toThrow(message);
  });

  it('takes one parameter in several paths', () => {
    const operation = { method: 'GET', auth: 'public', responses } as const;
    const api = defineApi(info, {
      getOrder: { ...operation, path: '/orders/{orderId}' },
      listLines: { ...operation, path: '/orders/{orderId}/lines' },
      getProduct: { ...operation, path: '/products/{productId}' },
    });
    expect(Object.keys(api)).toHaveLength(3);
  });

  it('names all errors at once', () => {
    const broken = {
      a: { method: 'GET', path: '/a', auth: 'public', body: z.object({}), responses: {} },
    } as const;
    expect(() => defineApi(info, broken)).toThrow(/a GET has no body[\s\S]*no status below 400/);
  });
});
