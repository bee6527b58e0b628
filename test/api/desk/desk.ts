import { Period } from 'aws-cdk-lib/aws-apigateway';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Stack } from 'aws-cdk-lib/core';
import { Api, UserDirectory } from 'cdk-trellis';
import { deskApi } from './contract.js';

export type DeskProps = ConstructorParameters<typeof Api<typeof deskApi, any, any, any>>[2];

/** Creates the directory of users and machine clients. */
export function addUsers(stack: Stack): UserDirectory {
  return new UserDirectory(stack, 'Users', {
    groups: ['admins'],
    scopes: { stock: { read: 'Read the stock', write: 'Change the stock' } },
    machines: { reader: { scopes: ['stock/read'] }, writer: { scopes: ['stock/read', 'stock/write'] } },
    domainPrefix: 'desk-test',
  });
}

export const deskRoutes = {
  getUser: () => import('./handlers/getUser.js'),
  getAdmin: () => import('./handlers/getAdmin.js'),
  readStock: () => import('./handlers/readStock.js'),
  changeStock: () => import('./handlers/changeStock.js'),
  getAccount: () => import('./handlers/getAccount.js'),
  getOtherAccount: () => import('./handlers/getOtherAccount.js'),
  getPartner: () => import('./handlers/getPartner.js'),
  getTenant: () => import('./handlers/getTenant.js'),
  getMetered: () => import('./handlers/getMetered.js'),
  getSlow: {
    handler: () => import('./handlers/getSlow.js'),
    throttle: { requestsPerSecond: 0.01, burst: 2 },
  },
  search: () => import('./handlers/search.js'),
};

/** Creates an API with an operation for each feature of the gateway. */
export function addDesk(stack: Stack, users: UserDirectory, props: Partial<DeskProps> = {}) {
  const keys = new StringParameter(stack, 'PartnerKeys', {
    parameterName: '/desk/partner-keys',
    stringValue: JSON.stringify({ 'key-of-acme': 'acme' }),
  });
  return new Api(stack, 'Api', {
    contract: deskApi,
    users,
    bind: { keys },
    authorizers: {
      partners: { handler: () => import('./handlers/partners.js') },
      tenants: {
        handler: () => import('./handlers/tenants.js'),
        type: 'request',
        identitySources: ['headers.x-tenant', 'query.room'],
      },
    },
    usagePlans: {
      small: { requestsPerSecond: 50, burst: 50, quota: { limit: 3, period: Period.DAY }, keys: ['quoted'] },
      quick: { requestsPerSecond: 0.01, burst: 2, keys: ['throttled'] },
    },
    routes: deskRoutes,
    ...(props as object),
  });
}
