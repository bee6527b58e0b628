// Compiled, never run: errors that the compiler must report.
import { Stack } from 'aws-cdk-lib/core';
import { Api, UserDirectory } from 'cdk-trellis';
import { defineApi } from 'cdk-trellis/contract';
import { authorizer, route, secret } from 'cdk-trellis/runtime';
import * as z from 'zod';
import { deskApi } from './desk/contract.js';
import { addDesk } from './desk/desk.js';

const stack = new Stack();
const context = z.object({ tenant: z.string(), level: z.int() });
const clients = { authorizer: 'clients', context } as const;
const text = { 200: z.string() };
const at = { method: 'GET', path: '/', responses: text } as const;
const api = defineApi(
  { name: 'x', version: '1.0.0' },
  {
    forPublic: { ...at, auth: 'public' },
    forUser: { ...at, path: '/a', auth: { scopes: ['a/b'] } },
    forAws: { ...at, path: '/b', auth: 'iam' },
    forClient: { ...at, path: '/c', auth: clients },
    forNobody: { ...at, path: '/d', auth: { authorizer: 'bare' } },
  },
);

// `auth` determines the type of the caller in a handler.
route(api.forPublic, {}, async ({ user, caller, context }) => {
  const nothing: [undefined, undefined, undefined] = [user, caller, context];
  return { status: 200, body: String(nothing) };
});
route(api.forUser, {}, async ({ user, caller }) => {
  const nothing: undefined = caller;
  return { status: 200, body: user.scopes.join() + nothing };
});
route(api.forAws, {}, async ({ user, caller }) => {
  const nothing: undefined = user;
  return { status: 200, body: caller.account + nothing };
});
route(api.forClient, {}, async ({ context: { tenant, level } }) => {
  const number: number = level;
  return { status: 200, body: tenant + number };
});
// @ts-expect-error the authorizer's context does not have this
route(api.forClient, {}, async ({ context: { other } }) => ({ status: 200, body: other }));

authorizer(clients, {}, async () => ({ principalId: 'a', context: { tenant: 'a', level: 1 } }));
authorizer(clients, { keys: secret.read }, async ({ token }, { keys }) =>
  token === (await keys.value()) ? 'forbidden' : 'unauthorized',
);
// @ts-expect-error a level is missing
authorizer(clients, {}, async () => ({ principalId: 'a', context: { tenant: 'a' } }));
// @ts-expect-error the verdict does not exist
authorizer(clients, {}, async () => 'maybe');

// @ts-expect-error the contract does not have this operation
addDesk(stack, new UserDirectory(stack, 'Users')).grantInvoke(undefined as never, 'getNothing');

const routes = {} as any;
const users = new UserDirectory(stack, 'Users2');
const partners = { handler: () => import('./desk/handlers/partners.js') };
const tenants = { handler: () => import('./desk/handlers/tenants.js') };
const bind = { keys: {} as never };
new Api(stack, 'Ok', { contract: deskApi, routes, users, bind, authorizers: { partners, tenants } });
new Api(stack, 'E1', {
  contract: deskApi,
  routes,
  users,
  bind,
  // @ts-expect-error an authorizer is missing
  authorizers: { partners },
});
new Api(stack, 'E2', {
  contract: deskApi,
  routes,
  users,
  bind,
  // @ts-expect-error its context is different
  authorizers: { partners, tenants: partners },
});
new Api(stack, 'E3', {
  contract: deskApi,
  routes,
  users,
  bind: {},
  // @ts-expect-error a need is not bound
  authorizers: { partners, tenants },
});
new Api(stack, 'E4', {
  contract: deskApi,
  routes,
  users,
  bind,
  // @ts-expect-error a source must be a header, a query parameter or a stage variable
  authorizers: { partners, tenants: { ...tenants, type: 'request', identitySources: ['body.x'] } },
});
