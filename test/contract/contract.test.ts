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

  it('names all mistakes at once', () => {
    const broken = {
      a: { method: 'GET', path: '/a', auth: 'public', body: z.object({}), responses: {} },
    } as const;
    expect(() => defineApi(info, broken)).toThrow(/a GET has no body[\s\S]*no status below 400/);
  });
});
