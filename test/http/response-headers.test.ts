import { defineApi } from 'cdk-trellis/contract';
import { route } from 'cdk-trellis/runtime';
import { inProcess, restEvent } from 'cdk-trellis/testing';
import * as z from 'zod';
import { headersAndCookies } from '../../lib/http/response-headers.js';

describe('the headers of a response', () => {
  it('are texts, numbers and booleans; undefined ones are omitted', () => {
    const headers = { 'x-text': 'a', 'x-number': 4.5, 'x-big': 12n, 'x-yes': true, 'x-none': undefined };
    expect(headersAndCookies(headers)).toEqual({
      headers: { 'x-text': 'a', 'x-number': '4.5', 'x-big': '12', 'x-yes': 'true' },
    });
  });

  it.each([
    ['null', null, 'null'],
    ['a Date', new Date(0), 'a Date'],
    ['an object', { a: 1 }, 'object'],
    ['a list', ['a', 'b'], 'a list'],
    ['NaN', Number.NaN, 'NaN'],
    ['infinite', Number.POSITIVE_INFINITY, 'Infinity'],
    ['a function', () => 'a', 'function'],
  ])('are rejected if one is %s', (_name, value, got) => {
    expect(() => headersAndCookies({ 'x-when': value })).toThrow(
      `The header x-when must be a text, a finite number or a boolean, got ${got}.`,
    );
  });

  it('have one line for each cookie, since commas in cookies are data', () => {
    const cookies = ['a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'b=2; Path=/'];
    expect(headersAndCookies({ 'set-cookie': cookies })).toEqual({ headers: {}, cookies });
    expect(headersAndCookies({ 'set-cookie': 'a=1' })).toEqual({ headers: {}, cookies: ['a=1'] });
    expect(headersAndCookies({ 'set-cookie': [] })).toEqual({ headers: {} });
  });

  it.each([['a=1\r\nx-admin: yes'], ['a=1\nb'], ['snow \u2603']])(
    'reject a cookie that would start another header: %j',
    (cookie) => {
      expect(() => headersAndCookies({ 'set-cookie': ['b=2', cookie] })).toThrow('Latin-1 text on one line');
    },
  );

  it("count all cookies towards the gateway's limit", () => {
    const cookies = Array.from({ length: 11 }, (_, index) => `c${index}=${'x'.repeat(1000)}`);
    expect(() => headersAndCookies({ 'set-cookie': cookies })).toThrow('at most 10240');
  });
});

describe('several cookies', () => {
  const api = defineApi(
    { name: 'login', version: '1.0.0' },
    {
      signIn: {
        method: 'POST',
        path: '/sign-in',
        auth: 'public',
        responses: { 204: { headers: z.object({ 'set-cookie': z.array(z.string()) }) } },
      },
    },
  );
  const cookies = ['session=1; HttpOnly', 'theme=dark'];
  const handler = route(api.signIn, {}, async () => ({
    status: 204,
    headers: { 'set-cookie': cookies },
  })).with({});

  it('are in `multiValueHeaders` for a REST API', async () => {
    const result = await handler(restEvent({ method: 'POST' }));
    expect(result.multiValueHeaders).toEqual({ 'set-cookie': cookies });
    expect(result.headers).not.toHaveProperty('set-cookie');
  });

  it('are in `cookies` for an HTTP API or a function URL', async () => {
    const event = {
      version: '2.0',
      routeKey: '$default',
      rawPath: '/sign-in',
      rawQueryString: '',
      headers: {},
      requestContext: { requestId: 'r', http: { method: 'POST' } },
      isBase64Encoded: false,
    };
    const result = await handler(event as never);
    expect(result).toMatchObject({ statusCode: 204, cookies });
    expect(result).not.toHaveProperty('multiValueHeaders');
  });

  it('reach tests in this process', async () => {
    const response = await inProcess(api, { signIn: handler })('https://api.test/sign-in', {
      method: 'POST',
    });
    expect(response.headers.getSetCookie()).toEqual(cookies);
  });
});
