import { defineApi } from 'cdk-trellis/contract';
import * as z from 'zod';
import { matchRoute } from '../../lib/http/router.js';

const operation = { method: 'GET', auth: 'public', responses: { 200: z.string() } } as const;
const api = defineApi(
  { name: 'things', version: '1.0.0' },
  {
    root: { ...operation, path: '/' },
    list: { ...operation, path: '/things' },
    add: { ...operation, path: '/things', method: 'POST' },
    get: { ...operation, path: '/things/{thingId}' },
    remove: { ...operation, path: '/things/{thingId}', method: 'DELETE' },
    newest: { ...operation, path: '/things/newest' },
    part: { ...operation, path: '/things/{thingId}/parts/{part}' },
    special: { ...operation, path: '/things/{thingId}/parts/all' },
  },
);

it.each([
  ['GET', '/', 'root', {}],
  ['GET', '/things', 'list', {}],
  ['POST', '/things', 'add', {}],
  ['HEAD', '/things', 'list', {}],
  ['GET', '/things/a%2Fb', 'get', { thingId: 'a%2Fb' }],
  ['GET', '/things/newest', 'newest', {}],
  ['GET', '/things/newest/parts/all', 'special', { thingId: 'newest' }],
  ['GET', '/things/x/parts/y', 'part', { thingId: 'x', part: 'y' }],
])('%s %s is %s', (method, path, operation, params) => {
  expect(matchRoute(api, method, path)).toEqual({ operation, params });
});

it.each([
  ['GET', '/other', []],
  ['GET', '/things/', []],
  ['GET', '/things/x/y', []],
  ['GET', '/THINGS', []],
  ['PUT', '/things', ['GET', 'POST', 'HEAD']],
  // A static path hides the methods of a path with a parameter, as in API Gateway.
  ['DELETE', '/things/newest', ['GET', 'HEAD']],
  ['HEAD', '/things/x/parts', []],
])('%s %s matches no operation and allows %j', (method, path, allow) => {
  expect(matchRoute(api, method, path)).toEqual({ allow });
});
