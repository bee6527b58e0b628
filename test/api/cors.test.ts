import { Match, Template } from 'aws-cdk-lib/assertions';
import { Duration } from 'aws-cdk-lib/core';
import type { CorsOptions } from 'cdk-trellis';
import { renderMapping } from '../support/mapping.js';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';
import { addDesk, addUsers } from './desk/desk.js';

function templateOf(cors: CorsOptions): Template {
  const stack = newStack();
  addDesk(stack, addUsers(stack), { cors });
  return Template.fromStack(stack);
}

const bodyOf = (cors: CorsOptions): any =>
  Object.values(templateOf(cors).findResources('AWS::ApiGateway::RestApi'))[0]!.Properties.Body;

const shop = 'https://shop.example.com';
const admin = 'https://admin.example.com:8443';

describe('a preflight', () => {
  const responseWith = (cors: CorsOptions, path = '/stock') =>
    bodyOf(cors).paths[path].options['x-amazon-apigateway-integration'].responses.default;

  it('exists for every path, is public, and is handled by the gateway itself', () => {
    for (const item of Object.values<any>(bodyOf({ origins: [shop] }).paths)) {
      expect(item.options).toMatchObject({
        security: [],
        'x-amazon-apigateway-request-validator': 'parameters',
        'x-amazon-apigateway-integration': { type: 'mock' },
      });
    }
  });

  it('returns the origin, the methods of the path and the headers that the contract uses', () => {
    expect(responseWith({ origins: [shop] })).toEqual({
      statusCode: '204',
      responseParameters: {
        'method.response.header.Access-Control-Allow-Origin': `'${shop}'`,
        'method.response.header.Access-Control-Allow-Methods': "'GET, HEAD, PUT'",
        'method.response.header.Access-Control-Allow-Headers':
          "'authorization, if-match, if-none-match, x-amz-content-sha256, x-amz-date, x-amz-security-token, x-api-key, x-correlation-id, x-tenant'",
        'method.response.header.Access-Control-Max-Age': "'3600'",
        'method.response.header.Vary': "'Origin'",
      },
    });
  });

  it('declares every header that it sends, which API Gateway requires', () => {
    const { options } = bodyOf({ origins: [shop], credentials: true }).paths['/stock'];
    const sent = Object.keys(options['x-amazon-apigateway-integration'].responses.default.responseParameters);
    const declared = Object.keys(options.responses[204].headers);
    expect(sent).toEqual(declared.map((name) => `method.response.header.${name}`));
  });

  it('allows every origin with `*`', () => {
    const { responseParameters } = responseWith({ origins: ['*'] });
    expect(responseParameters).toMatchObject({ 'method.response.header.Access-Control-Allow-Origin': "'*'" });
    expect(responseParameters).not.toHaveProperty(['method.response.header.Vary']);
  });

  it('has the passed options', () => {
    const { responseParameters } = responseWith({
      origins: [shop],
      headers: ['x-mine'],
      credentials: true,
      maxAge: Duration.minutes(10),
    });
    expect(responseParameters).toMatchObject({
      'method.response.header.Access-Control-Allow-Headers': "'x-mine'",
      'method.response.header.Access-Control-Allow-Credentials': "'true'",
      'method.response.header.Access-Control-Max-Age': "'600'",
    });
  });

  it.each([
    [shop, undefined],
    [admin, admin],
    ['https://evil.example.com', undefined],
    [`${admin}.evil.com`, undefined],
    ['', undefined],
  ])('returns to %p its own origin, if it is one of several', (origin, expected) => {
    const { responseTemplates, responseParameters } = responseWith({ origins: [shop, admin] });
    for (const header of ['origin', 'Origin']) {
      const mapped = renderMapping(responseTemplates['application/json'], {
        params: { header: { [header]: origin } },
      });
      expect(mapped.headers['Access-Control-Allow-Origin']).toBe(expected);
      expect(mapped.text.trim()).toBe('');
    }
    expect(responseParameters['method.response.header.Access-Control-Allow-Origin']).toBe(`'${shop}'`);
  });
});

describe("the gateway's own responses", () => {
  const origins = (cors: CorsOptions) => [
    ...new Set(
      Object.values<any>(bodyOf(cors)['x-amazon-apigateway-gateway-responses']).map(
        ({ responseParameters }) => responseParameters['gatewayresponse.header.Access-Control-Allow-Origin'],
      ),
    ),
  ];

  it('allow a single origin, all origins with several, and with credentials the origin of the request', () => {
    expect(origins({ origins: [shop] })).toEqual([`'${shop}'`]);
    expect(origins({ origins: [shop, admin] })).toEqual(["'*'"]);
    expect(origins({ origins: [shop, admin], credentials: true })).toEqual(['method.request.header.Origin']);
  });
});

it('functions get the origins that may read their responses', () => {
  const functions = templateOf({ origins: [shop, admin], exposeHeaders: ['x-total'] }).findResources(
    'AWS::Lambda::Function',
    { Properties: { Description: Match.stringLikeRegexp('^GET|^PUT') } },
  );
  const values = Object.values(functions).map(({ Properties }) =>
    JSON.parse(Properties.Environment.Variables.API_CORS),
  );
  expect(values).toHaveLength(11);
  for (const value of values) {
    expect(value).toEqual({ origins: [shop, admin], credentials: false, exposeHeaders: ['x-total'] });
  }
});

it('an API has no CORS without `cors`', () => {
  const stack = newStack();
  addDesk(stack, addUsers(stack));
  expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toMatch(/Access-Control|API_CORS/);
});

it('has no findings of cdk-nag', () => {
  const cors = { origins: [shop, admin] };
  expect(nagFindings((stack) => addDesk(stack, addUsers(stack), { cors }))).toEqual([]);
});

describe('CORS is rejected', () => {
  it.each<[string, CorsOptions, string]>([
    [
      'without origins',
      { origins: [] },
      "`cors.origins` must have at least one origin, or be ['*'], got none",
    ],
    [
      'with a path',
      { origins: [`${shop}/`] },
      '`cors.origins` must be like https://shop.example.com, in lower case and without a path, got "https://shop.example.com/" (at Stack/Api)',
    ],
    ['with a pattern', { origins: ['https://*.example.com'] }, 'got "https://*.example.com"'],
    ['with the origin "null"', { origins: ['null'] }, 'got "null"'],
    [
      "with '*' and another origin",
      { origins: ['*', shop] },
      "`cors.origins` must have no other origin besides '*'",
    ],
    [
      "with '*' and credentials",
      { origins: ['*'], credentials: true },
      "`cors.credentials` must be false with the origin '*': browsers reject the combination",
    ],
    [
      'with an invalid header name',
      { origins: [shop], headers: ['a b'] },
      '`cors.headers` must be names of headers, got "a b"',
    ],
    [
      'for more than a day',
      { origins: [shop], maxAge: Duration.days(2) },
      '`cors.maxAge` must be at most a day, the maximum of browsers, got 2 days',
    ],
  ])('%s', (_case, cors, message) => {
    expect(() => templateOf(cors)).toThrow(message);
  });
});
