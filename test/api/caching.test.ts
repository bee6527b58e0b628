import { Match, Template } from 'aws-cdk-lib/assertions';
import { Duration } from 'aws-cdk-lib/core';
import { Api, DataTable } from 'cdk-trellis';
import { defineApi } from 'cdk-trellis/contract';
import * as z from 'zod';
import { nagFindings } from '../support/nag.js';
import { newStack } from '../support/template.js';
import { addDesk, addUsers, type DeskProps, deskRoutes } from './desk/desk.js';

const cached = (name: keyof typeof deskRoutes, cache: object) => ({
  cacheSize: '0.5' as const,
  routes: { ...deskRoutes, [name]: { ...routeOf(name), cache } } as never,
});

function routeOf(name: keyof typeof deskRoutes): object {
  const route = deskRoutes[name];
  return typeof route === 'function' ? { handler: route } : route;
}

function templateOf(props: Partial<DeskProps>): Template {
  const stack = newStack();
  addDesk(stack, addUsers(stack), props);
  return Template.fromStack(stack);
}

const bodyOf = (props: Partial<DeskProps>): any =>
  Object.values(templateOf(props).findResources('AWS::ApiGateway::RestApi'))[0]!.Properties.Body;

const ttl = Duration.minutes(2);

describe('a cached route', () => {
  it('is cached encrypted, for its `ttl`, in a cache of `cacheSize`', () => {
    templateOf(cached('getSlow', { ttl })).hasResourceProperties('AWS::ApiGateway::Stage', {
      CacheClusterEnabled: true,
      CacheClusterSize: '0.5',
      MethodSettings: Match.arrayWith([
        Match.objectLike({ ResourcePath: '/*', CachingEnabled: false }),
        Match.objectLike({
          ResourcePath: '/~1slow~1{id}',
          HttpMethod: 'GET',
          CachingEnabled: true,
          CacheTtlInSeconds: 120,
          CacheDataEncrypted: true,
          ThrottlingRateLimit: 0.01,
        }),
        Match.objectLike({
          ResourcePath: '/~1slow~1{id}',
          HttpMethod: 'HEAD',
          CachingEnabled: false,
        }),
      ]),
    });
  });

  it('disables caching of all other routes explicitly: CloudFormation keeps omitted settings', () => {
    const settings = (props: Partial<DeskProps>) => {
      const [stage] = Object.values(templateOf(props).findResources('AWS::ApiGateway::Stage'));
      const { MethodSettings, CacheClusterEnabled } = stage!.Properties;
      return { MethodSettings, CacheClusterEnabled };
    };
    const { MethodSettings } = settings(cached('getSlow', { ttl }));
    const gets = MethodSettings.filter(({ HttpMethod }: any) => HttpMethod === 'GET');
    expect(gets).toHaveLength(10);
    expect(gets.filter(({ CachingEnabled }: any) => CachingEnabled !== false)).toHaveLength(1);
    expect(settings({})).toMatchObject({
      CacheClusterEnabled: false,
      MethodSettings: expect.arrayContaining([expect.objectContaining({ CachingEnabled: false })]),
    });
  });

  it('has `If-None-Match` and `Accept` in the key when they change the response', () => {
    const stack = newStack();
    new Api(stack, 'Api', {
      contract: defineApi(
        { name: 'x', version: '1.0.0' },
        {
          listOrders: {
            method: 'GET',
            path: '/',
            auth: 'public',
            headers: z.object({ 'x-unit': z.string().optional() }),
            responses: { 200: { content: { 'application/json': z.string(), 'text/csv': z.string() } } },
          },
        },
      ),
      cacheSize: '0.5',
      bind: { orders: new DataTable(stack, 'Orders', { partitionKey: 'orderId' }) },
      routes: { listOrders: { handler: () => import('./fixtures/list.js'), cache: { ttl } } } as never,
    });
    const [api] = Object.values(Template.fromStack(stack).findResources('AWS::ApiGateway::RestApi'));
    const { get } = api!.Properties.Body.paths['/'];
    expect(get['x-amazon-apigateway-integration'].cacheKeyParameters).toEqual([
      'method.request.header.x-unit',
      'method.request.header.If-None-Match',
      'method.request.header.Accept',
    ]);
  });

  it('has the path and all query parameters in the key by default', () => {
    const { paths } = bodyOf(cached('search', { ttl }));
    expect(paths['/rooms/{room}/search'].get['x-amazon-apigateway-integration'].cacheKeyParameters).toEqual([
      'method.request.path.room',
      'method.request.querystring.text',
      'method.request.querystring.page',
      'method.request.header.If-None-Match',
    ]);
  });

  it('has the path and the named keys in the key', () => {
    const keys = ['query.text', 'headers.Accept-Language'];
    const { get } = bodyOf(cached('search', { ttl, keys })).paths['/rooms/{room}/search'];
    expect(get['x-amazon-apigateway-integration'].cacheKeyParameters).toEqual([
      'method.request.path.room',
      'method.request.querystring.text',
      'method.request.header.Accept-Language',
      'method.request.header.If-None-Match',
    ]);
    expect(get.parameters).toContainEqual({
      name: 'Accept-Language',
      in: 'header',
      required: false,
      schema: { type: 'string' },
    });
  });

  it('has `Origin` in the key when responses name the origin', () => {
    const keysWith = (origin: string) => {
      const props = { ...cached('getSlow', { ttl }), cors: { origins: [origin] } };
      const { get } = bodyOf(props).paths['/slow/{id}'];
      return get['x-amazon-apigateway-integration'].cacheKeyParameters;
    };
    expect(keysWith('https://shop.example.com')).toEqual([
      'method.request.path.id',
      'method.request.header.If-None-Match',
      'method.request.header.Origin',
    ]);
    expect(keysWith('*')).not.toContain('method.request.header.Origin');
  });

  it('for users has their token in the key', () => {
    const { get } = bodyOf(cached('getUser', { ttl, keys: ['headers.Authorization'] })).paths['/user'];
    expect(get['x-amazon-apigateway-integration'].cacheKeyParameters).toEqual([
      'method.request.header.Authorization',
      'method.request.header.If-None-Match',
    ]);
  });

  it('has no findings of cdk-nag', () => {
    expect(nagFindings((stack) => addDesk(stack, addUsers(stack), cached('getSlow', { ttl })))).toEqual([]);
  });

  it.each<[string, Partial<DeskProps>, string]>([
    [
      'for another method than GET',
      cached('changeStock', { ttl, keys: ['headers.Authorization'] }),
      '`routes.changeStock.cache` requires the method GET, got PUT (at Stack/Api)',
    ],
    [
      'for users without their token in the key',
      cached('getUser', { ttl }),
      "`routes.getUser.cache.keys` must have headers.Authorization, so that no caller gets another's response, got none",
    ],
    [
      'for a group without the token in the key',
      cached('getAdmin', { ttl, keys: ['headers.x-group'] }),
      "`routes.getAdmin.cache.keys` must have headers.Authorization, so that no caller gets another's response, got headers.x-group",
    ],
    [
      'for an authorizer without all its identity sources in the key',
      cached('getTenant', { ttl, keys: ['headers.X-Tenant'] }),
      '`routes.getTenant.cache.keys` must have query.room, so that no caller',
    ],
    [
      'for AWS credentials',
      cached('getAccount', { ttl, keys: ['headers.Authorization'] }),
      "`routes.getAccount.cache` is not possible with `auth: 'iam'`: every signature is unique",
    ],
    [
      'with a lifetime over an hour',
      cached('getSlow', { ttl: Duration.hours(2) }),
      '`routes.getSlow.cache.ttl` must be from one second to an hour, got 2 hours',
    ],
    ['with a lifetime of zero', cached('getSlow', { ttl: Duration.seconds(0) }), 'got 0 seconds'],
    [
      'with an unknown query parameter',
      cached('search', { ttl, keys: ['query.sort'] }),
      '`routes.search.cache.keys` must be of query.text, query.page, headers.<name>, got "query.sort"',
    ],
    [
      'without `cacheSize`',
      { ...cached('getSlow', { ttl }), cacheSize: undefined },
      '`cacheSize` is required, because getSlow have `cache`',
    ],
  ])('is rejected %s', (_case, props, message) => {
    expect(() => templateOf(props)).toThrow(message);
  });

  it('is required by `cacheSize`', () => {
    expect(() => templateOf({ cacheSize: '6.1' })).toThrow(
      '`cacheSize` requires a route with `cache`, got none: the cache would cost money and stay empty',
    );
  });
});
