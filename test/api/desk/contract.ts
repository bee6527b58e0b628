import { defineApi, Problem } from 'cdk-trellis/contract';
import * as z from 'zod';

export const partners = {
  authorizer: 'partners',
  context: z.object({
    partnerId: z.string(),
    tier: z.int(),
    active: z.boolean(),
    note: z.string().optional(),
  }),
} as const;

export const tenants = {
  authorizer: 'tenants',
  context: z.object({ tenant: z.string(), asked: z.int() }),
} as const;

const User = z.object({
  sub: z.string(),
  groups: z.array(z.string()),
  scopes: z.array(z.string()),
  clientId: z.string(),
});
const User200 = { 200: User } as const;

/** A contract with an operation for each feature of the gateway. */
export const deskApi = defineApi(
  { name: 'desk', version: '1.0.0' },
  {
    getUser: { method: 'GET', path: '/user', auth: 'user', responses: User200 },
    getAdmin: { method: 'GET', path: '/admin', auth: { group: 'admins' }, responses: User200 },
    readStock: { method: 'GET', path: '/stock', auth: { scopes: ['stock/read'] }, responses: User200 },
    changeStock: {
      method: 'PUT',
      path: '/stock',
      auth: { scopes: ['stock/read', 'stock/write'] },
      responses: User200,
    },
    getAccount: {
      method: 'GET',
      path: '/account',
      auth: 'iam',
      responses: { 200: z.object({ account: z.string(), arn: z.string(), userId: z.string() }) },
    },
    getOtherAccount: {
      method: 'GET',
      path: '/account/other',
      auth: 'iam',
      responses: { 200: z.object({ arn: z.string() }) },
    },
    getPartner: { method: 'GET', path: '/partner', auth: partners, responses: { 200: partners.context } },
    getTenant: {
      method: 'GET',
      path: '/tenant',
      auth: tenants,
      query: z.object({ room: z.string() }),
      responses: { 200: tenants.context },
    },
    getMetered: {
      method: 'GET',
      path: '/metered',
      auth: 'public',
      apiKey: true,
      responses: { 200: z.object({ metered: z.literal(true) }) },
    },
    search: {
      method: 'GET',
      path: '/rooms/{room}/search',
      auth: 'public',
      query: z.object({ text: z.string().optional(), page: z.string().optional() }),
      responses: { 200: z.object({ found: z.string(), asked: z.int() }) },
    },
    getSlow: {
      method: 'GET',
      path: '/slow/{id}',
      auth: 'public',
      responses: { 200: z.object({ id: z.string() }) },
    },
  },
);

/** An API that rejects every caller. */
export const closedApi = defineApi(
  { name: 'closed', version: '1.0.0' },
  { getNothing: { method: 'GET', path: '/nothing', auth: 'public', responses: { 200: z.object({}) } } },
);

const Order = z.object({
  item: z.string().min(1).max(2000),
  quantity: z.int().min(1),
  note: z.unknown().optional(),
});

export const Thing = z.object({
  thingId: z.string(),
  name: z.string(),
  size: z.enum(['small', 'large']).optional(),
  weight: z.number(),
  active: z.boolean(),
  maker: z.object({ name: z.string(), country: z.string().nullable() }),
  tags: z.array(z.string()),
  parts: z.array(z.object({ name: z.string(), sizes: z.array(z.number()) })).optional(),
});

/** A contract whose operations are integrations with AWS services. */
export const directApi = defineApi(
  { name: 'direct', version: '1.0.0' },
  {
    sendOrder: {
      method: 'POST',
      path: '/orders/{customerId}',
      auth: 'user',
      body: Order,
      responses: { 202: z.object({ messageId: z.string() }) },
    },
    sendInOrder: {
      method: 'PUT',
      path: '/orders/{customerId}',
      auth: 'public',
      body: Order,
      responses: { 202: {} },
    },
    getThing: {
      method: 'GET',
      path: '/things/{thingId}',
      auth: 'public',
      responses: { 200: Thing, 404: Problem },
    },
    getMine: {
      method: 'GET',
      path: '/mine/{thingId}',
      auth: 'user',
      responses: { 200: z.object({ text: z.string() }), 404: Problem },
    },
    run: {
      method: 'POST',
      path: '/runs/{runId}',
      auth: 'public',
      body: Order,
      responses: { 202: z.object({ executionId: z.string() }) },
    },
    publish: {
      method: 'POST',
      path: '/events/{room}',
      auth: 'public',
      query: z.object({ reason: z.string().min(1) }),
      body: Order,
      responses: { 202: z.object({ eventId: z.string() }) },
    },
  },
);
