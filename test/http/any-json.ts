import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { defineApi } from 'cdk-trellis/contract';
import { route } from 'cdk-trellis/runtime';
import { type RestEventOptions, restEvent } from 'cdk-trellis/testing';
import * as z from 'zod';

const Tree = z.object({
  get children(): z.ZodType {
    return z.array(Tree).optional();
  },
});

/** A contract that accepts any JSON, for hostile requests. */
const api = defineApi(
  { name: 'things', version: '1.0.0' },
  {
    anything: {
      method: 'POST',
      path: '/anything/{id}',
      auth: 'public',
      query: z.object({ name: z.string().max(50).optional() }),
      body: z.json(),
      responses: { 200: z.object({ id: z.string(), body: z.json() }) },
    },
    tree: { method: 'POST', path: '/tree', auth: 'public', body: Tree, responses: { 204: {} } },
    record: {
      method: 'POST',
      path: '/record',
      auth: 'public',
      body: z.record(z.string(), z.int()),
      responses: { 200: z.object({ keys: z.array(z.string()) }) },
    },
    mine: { method: 'GET', path: '/mine', auth: 'user', responses: { 204: {} } },
  },
);

export const anything = route(api.anything, {}, async ({ params, body }) => ({
  status: 200,
  body: { id: params.id, body },
}));
export const tree = route(api.tree, {}, async () => ({ status: 204 }));
export const record = route(api.record, {}, async ({ body }) => ({
  status: 200,
  body: { keys: Object.keys(body) },
}));
export const mine = route(api.mine, {}, async () => ({ status: 204 }));

const context = { awsRequestId: 'request' } as Context;

/** Asserts after each test that no request was logged as an error: a malformed request is the caller's error. */
export function expectNoErrorsLogged(): void {
  const logged: string[] = [];
  beforeEach(() => {
    logged.length = 0;
    jest.spyOn(console, 'error').mockImplementation((line) => void logged.push(String(line)));
  });
  afterEach(() => {
    expect(logged).toEqual([]);
    jest.restoreAllMocks();
  });
}

export async function call(handler: any, options: RestEventOptions | APIGatewayProxyEvent) {
  const event = 'requestContext' in options ? options : restEvent({ params: { id: 'x' }, ...options });
  const { statusCode, body } = await handler.with({})(event, context);
  return { status: statusCode as number, body: body ? JSON.parse(body) : undefined };
}
