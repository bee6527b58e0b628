import type { Context } from 'aws-lambda';
import { binary, defineApi, PreconditionFailed, Problem } from 'cdk-trellis/contract';
import { correlationId, etag, requireMatch, route } from 'cdk-trellis/runtime';
import { type RestEventOptions, restEvent } from 'cdk-trellis/testing';
import * as z from 'zod';

/** A contract with one operation per feature of HTTP, and its handlers. */
export const api = defineApi(
  { name: 'things', version: '1.0.0' },
  {
    get: {
      method: 'GET',
      path: '/things/{thingId}',
      auth: 'public',
      query: z.object({ tag: z.union([z.string(), z.array(z.string())]).optional() }),
      responses: {
        200: { body: z.object({ seen: z.unknown() }), headers: z.object({ etag: z.string() }) },
        404: Problem,
      },
    },
    put: {
      method: 'PUT',
      path: '/things/{thingId}',
      auth: 'public',
      headers: z.object({ 'if-match': z.string().optional() }),
      responses: { 204: {} },
      errors: [PreconditionFailed],
    },
    post: {
      method: 'POST',
      path: '/things',
      auth: 'public',
      idempotencyKey: true,
      headers: z.object({ 'x-count': z.coerce.number().max(5) }),
      deprecated: { since: '2027-01-31', sunset: '2027-07-31', see: 'https://example.com/v2' },
      responses: { 200: z.object({ key: z.string(), count: z.number() }) },
    },
    report: {
      method: 'GET',
      path: '/report',
      auth: 'public',
      responses: {
        200: { content: { 'application/json': z.object({ n: z.int() }), 'text/csv': z.string() } },
      },
    },
    photo: {
      method: 'PUT',
      path: '/photo',
      auth: 'public',
      body: binary(['image/png', 'image/gif'], { maxBytes: 4 }),
      responses: { 200: binary('image/png', { maxBytes: 4 }) },
    },
    admin: {
      method: 'GET',
      path: '/admin',
      auth: { group: 'admins' },
      responses: { 200: z.object({ sub: z.string() }) },
    },
    sign: { method: 'GET', path: '/sign', auth: 'iam', responses: { 200: z.object({ arn: z.string() }) } },
  },
);

export const get = route(api.get, {}, async ({ params, query }) => ({
  status: 200,
  body: { seen: { params, query, correlationId: correlationId() } },
  headers: { etag: etag(7), 'cache-control': 'max-age=5' },
}));
export const put = route(api.put, {}, async ({ headers }) => {
  requireMatch(headers, 7);
  return { status: 204 };
});
export const post = route(api.post, {}, async ({ idempotencyKey, headers }) => ({
  status: 200,
  body: { key: idempotencyKey, count: headers['x-count'] },
}));
export const report = route(api.report, {}, async ({ accepts }) =>
  accepts === 'text/csv'
    ? { status: 200, type: accepts, body: 'n\n1\n' }
    : { status: 200, type: accepts, body: { n: 1 } },
);
export const photo = route(api.photo, {}, async ({ body, contentType }) => ({
  status: 200,
  body: contentType === 'image/gif' ? new Uint8Array(5) : body,
}));
export const admin = route(api.admin, {}, async ({ user }) => ({ status: 200, body: { sub: user.sub } }));
export const sign = route(api.sign, {}, async ({ caller }) => ({ status: 200, body: { arn: caller.arn } }));

export const context = { awsRequestId: 'request' } as Context;

/** Collects what the handlers of the test file log, per test. */
export function loggedLines(): string[] {
  const logged: string[] = [];
  beforeEach(() => {
    logged.length = 0;
    for (const level of ['error', 'info'] as const) {
      jest.spyOn(console, level).mockImplementation((...[line]: unknown[]) => void logged.push(String(line)));
    }
  });
  afterEach(() => jest.restoreAllMocks());
  return logged;
}

export async function call(handler: any, options: RestEventOptions = {}) {
  const result = await handler.with({})(restEvent({ params: { thingId: 'x' }, ...options }), context);
  const isJson = result.body && /json/.test(result.headers['content-type'] ?? '');
  return {
    status: result.statusCode as number,
    headers: result.headers as Record<string, string>,
    body: isJson ? JSON.parse(result.body) : result.body,
    isBase64Encoded: result.isBase64Encoded,
  };
}
