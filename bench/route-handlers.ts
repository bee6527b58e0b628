// Cost of `route()` per request, compared with a handwritten handler and with middy. All run alternately in the same
// process, so that other load on the machine affects all of them. Bundled and run by bench/route.ts.
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { createError } from '@middy/util';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { defineApi } from 'cdk-trellis/contract';
import { route } from 'cdk-trellis/runtime';
import { restEvent } from 'cdk-trellis/testing';
import * as z from 'zod';
import { median, rounded } from './measure.js';

const Line = z.object({ productId: z.string().min(1), quantity: z.int().min(1).max(99) });
const NewOrder = z.object({ lines: z.array(Line).min(1), note: z.string().max(500).optional() });
const Order = z.object({ orderId: z.string(), customer: z.string(), lines: z.array(Line), total: z.int() });
const Query = z.object({ dryRun: z.stringbool().default(false) });

const api = defineApi(
  { name: 'orders', version: '1.0.0' },
  {
    placeOrder: {
      method: 'POST',
      path: '/shops/{shop}/orders',
      auth: { group: 'customers' },
      query: Query,
      body: NewOrder,
      responses: { 201: Order },
    },
  },
);

process.env.API_CLIENT_IDS = 'client-1';
const clientIds = process.env.API_CLIENT_IDS.split(',');

function placed(customer: string, lines: z.output<typeof Line>[]) {
  return { orderId: 'ord_1', customer, lines, total: lines.length };
}

const ours = route(api.placeOrder, {}, async ({ body, user }) => ({
  status: 201,
  body: placed(user.sub, body.lines),
}));

// Handwritten handler of this operation, with the same checks.
const logger = new Logger();
const StrictOrder = z.strictObject({
  lines: z.array(z.strictObject({ productId: z.string().min(1), quantity: z.int().min(1).max(99) })).min(1),
  note: z.string().max(500).optional(),
});
const StrictQuery = z.strictObject({ dryRun: z.stringbool().default(false) });

function problem(status: number, title: string, requestId: string, errors?: unknown): APIGatewayProxyResult {
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: JSON.stringify({
      type: 'about:blank',
      title,
      status,
      errors,
      instance: `urn:request:${requestId}`,
    }),
  };
}

async function byHand(event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> {
  logger.addContext(context);
  const { requestId, authorizer } = event.requestContext;
  const headers = Object.fromEntries(
    Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const correlationId = headers['x-correlation-id'] ?? requestId;
  logger.setCorrelationId(correlationId);
  try {
    const claims = authorizer?.claims;
    if (claims?.token_use !== 'access' || !clientIds.includes(claims.client_id)) {
      return problem(401, 'Unauthorized', requestId);
    }
    if (
      !String(claims['cognito:groups'] ?? '')
        .split(',')
        .includes('customers')
    ) {
      return problem(403, 'Forbidden', requestId);
    }
    const params = Object.fromEntries(
      Object.entries(event.pathParameters ?? {}).map(([name, value]) => [name, decodeURIComponent(value!)]),
    );
    const query = StrictQuery.safeParse(single(event.multiValueQueryStringParameters));
    if (!headers['content-type']?.startsWith('application/json'))
      return problem(415, 'Unsupported media type', requestId);
    if (!event.body) return problem(400, 'The body is missing', requestId);
    if (Buffer.byteLength(event.body) > 2 ** 20) return problem(413, 'The body is too large', requestId);
    const body = StrictOrder.safeParse(parsed(event.body));
    if (!query.success || !body.success || !params.shop) {
      return problem(400, 'The request is not valid', requestId, [query.error?.issues, body.error?.issues]);
    }
    const response = Order.safeParse(placed(claims.sub, body.data.lines));
    if (!response.success) throw new Error(`The response breaks the contract: ${response.error.message}`);
    return {
      statusCode: 201,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-correlation-id': correlationId,
      },
      body: JSON.stringify(response.data),
    };
  } catch (error) {
    if (error instanceof SyntaxError) return problem(400, 'The body is not JSON', requestId);
    logger.error('The operation failed', { error: error as Error });
    return problem(500, 'Internal server error', requestId);
  }
}

/** Parses JSON without duplicate keys and too large numbers, at most 100 levels deep. */
function parsed(text: string): unknown {
  let [level, colons, inText] = [0, 0, false];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inText) {
      if (code === 92) index += 1;
      else if (code === 34) inText = false;
    } else if (code === 34) inText = true;
    else if (code === 58) colons += 1;
    else if (code === 123 || code === 91) {
      level += 1;
      if (level > 100) throw new SyntaxError('too deep');
    } else if (code === 125 || code === 93) level -= 1;
  }
  const value: unknown = JSON.parse(text);
  if (countKeys(value) !== colons) throw new SyntaxError('duplicate key');
  return value;
}

function countKeys(value: unknown): number {
  if (typeof value === 'string' && !value.isWellFormed()) throw new SyntaxError('unpaired surrogate');
  if (typeof value === 'number' && !Number.isFinite(value)) throw new SyntaxError('too large');
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item);
    return count;
  }
  for (const [key, item] of Object.entries(value)) {
    if (!key.isWellFormed()) throw new SyntaxError('unpaired surrogate');
    count += 1 + countKeys(item);
  }
  return count;
}

// Middy with the equivalent middlewares, and zod instead of middy's validator. It does not check duplicate keys, the
// size of the body and the app client.
const withMiddy = middy()
  .use(injectLambdaContext(logger))
  .use(httpHeaderNormalizer())
  .use(httpJsonBodyParser())
  .use(httpErrorHandler({ logger: false }))
  .before(({ event }: { event: unknown }) => {
    const { headers, requestContext, multiValueQueryStringParameters } = event as APIGatewayProxyEvent;
    logger.setCorrelationId(headers['x-correlation-id'] ?? requestContext.requestId);
    const { claims } = requestContext.authorizer!;
    if (claims.token_use !== 'access') throw createError(401, 'Unauthorized');
    if (!String(claims['cognito:groups']).split(',').includes('customers'))
      throw createError(403, 'Forbidden');
    Object.assign(event as object, {
      query: StrictQuery.parse(single(multiValueQueryStringParameters)),
      order: StrictOrder.parse((event as { body: unknown }).body),
    });
  })
  .after((request: { response: unknown }) => {
    const { event, response } = request as unknown as {
      event: APIGatewayProxyEvent;
      response: { body: unknown };
    };
    request.response = {
      statusCode: 201,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-correlation-id': event.headers['x-correlation-id'] ?? event.requestContext.requestId,
      },
      body: JSON.stringify(Order.parse(response.body)),
    };
  })
  .handler(async (event: unknown) => {
    const { requestContext, order } = event as APIGatewayProxyEvent & { order: z.output<typeof NewOrder> };
    return { body: placed(requestContext.authorizer!.claims.sub, order.lines) };
  });

/** Returns parameters with a single value as strings, others as arrays. */
function single(parameters: APIGatewayProxyEvent['multiValueQueryStringParameters']) {
  return Object.fromEntries(
    Object.entries(parameters ?? {}).map(([name, values]) => [
      name,
      values?.length === 1 ? values[0] : values,
    ]),
  );
}

const context = {
  awsRequestId: 'r',
  functionName: 'f',
  memoryLimitInMB: '256',
  invokedFunctionArn: 'arn',
} as Context;
const lines = Array.from({ length: 5 }, (_, index) => ({ productId: `prd_${index}`, quantity: index + 1 }));
const event = () =>
  restEvent({
    method: 'POST',
    path: '/shops/main/orders',
    params: { shop: 'main' },
    query: { dryRun: 'true' },
    headers: {
      Host: 'shop.example.com',
      'User-Agent': 'Mozilla/5.0',
      Accept: 'application/json',
      'X-Forwarded-For': '203.0.113.1',
      'X-Amzn-Trace-Id': 'Root=1-67891233-abcdef012345678912345678',
      Authorization: 'Bearer token',
    },
    body: { lines, note: 'Ring twice, please: "the bell" is quiet.' },
    user: { groups: ['customers'] },
  });

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Returns the CPU microseconds per request. */
async function measured(handler: Handler, requests: number): Promise<number> {
  const template = event();
  const start = process.cpuUsage();
  for (let request = 0; request < requests; request += 1) await handler({ ...template }, context);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / requests;
}

async function main(): Promise<void> {
  const handlers: Record<string, Handler> = { route: ours, byHand, middy: withMiddy as unknown as Handler };
  const times: Record<string, number[]> = {};
  for (const [name, handler] of Object.entries(handlers)) {
    const { statusCode } = await handler(event(), context);
    if (statusCode !== 201) throw new Error(`${name} returned ${statusCode}`);
    times[name] = [];
    await measured(handler, 5000);
  }
  for (let round = 0; round < 60; round += 1) {
    for (const [name, handler] of Object.entries(handlers)) times[name]!.push(await measured(handler, 500));
  }
  const [ourTime, byHandTime, middyTime] = [times.route!, times.byHand!, times.middy!].map(median) as [
    number,
    number,
    number,
  ];
  const results = {
    node: process.version,
    microseconds: { route: rounded(ourTime), byHand: rounded(byHandTime), middy: rounded(middyTime) },
    ratios: { byHand: rounded(ourTime / byHandTime), middy: rounded(ourTime / middyTime) },
  };
  console.log(JSON.stringify(results));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
