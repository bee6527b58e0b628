/**
 * Size of the compared apps: functions in stacks of equal size, each with a table, the SDK, zod and a logger. zod is
 * imported as `{ z }`, as in most code, or as a namespace, which every bundler can tree-shake.
 */
export interface AppSize {
  readonly functions: number;
  readonly stacks: number;
  /** Import of zod. @default '{ z }' */
  readonly zod?: '{ z }' | '* as z';
}

const name = (index: number) => `fn${String(index).padStart(3, '0')}`;
const indexes = ({ functions }: AppSize) => Array.from({ length: functions }, (_, index) => index);
const stackOf = ({ functions, stacks }: AppSize, index: number) =>
  Math.floor(index / Math.ceil(functions / stacks));

/** Returns the module that the handlers of an app share. */
const shared = ({ zod = '{ z }' }: AppSize) => `
import { Logger } from '@aws-lambda-powertools/logger';
import ${zod} from 'zod';

export const logger = new Logger({ serviceName: 'orders' });

export const Order = z.object({
  orderId: z.string(),
  customer: z.object({ name: z.string().min(1), email: z.email() }),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int().positive() })).min(1),
});

export class OutOfStock extends Error {}

export function total(lines: { quantity: number }[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

export const respond = (statusCode: number, body: unknown) => ({ statusCode, body: JSON.stringify(body) });
`;

const body = (index: number, client: string, table: string) => `
  const order = Order.parse(JSON.parse(event.body));
  if (total(order.lines) > ${100 + index}) throw new OutOfStock('function ${index}');
  await ${client}.send(new PutCommand({ TableName: ${table}, Item: { ...order, source: '${name(index)}' } }));
  logger.info('placed', { orderId: order.orderId });
  return respond(201, order);
`;

const ourHandler = (index: number) => `
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { handle, table } from 'cdk-trellis/runtime';
import { logger, Order, OutOfStock, respond, total } from './shared.js';

export const handler = handle({ orders: table.readWrite }, async (event: { body: string }, { orders }) => {${body(index, 'orders.client', 'orders.tableName')}});
`;

const plainHandler = (index: number) => `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { logger, Order, OutOfStock, respond, total } from './shared.js';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export const handler = async (event: { body: string }) => {${body(index, 'client', 'process.env.ORDERS_TABLE')}};
`;

/** Returns the app with this library. */
function ours(size: AppSize): string {
  const functions = indexes(size).map(
    (index) =>
      `new NodeFunction(stacks[${stackOf(size, index)}].stack, '${name(index)}', { handler: () => import('./ours/${name(index)}.js'), bind: { orders: stacks[${stackOf(size, index)}].orders } });`,
  );
  return `
const { App, Stack } = require('aws-cdk-lib/core');
const { DataTable, NodeFunction } = require('cdk-trellis');
const app = new App({ analyticsReporting: false });
const stacks = Array.from({ length: ${size.stacks} }, (_, index) => {
  const stack = new Stack(app, 'Stack' + index);
  return { stack, orders: new DataTable(stack, 'Orders', { partitionKey: 'orderId' }) };
});
${functions.join('\n')}
app.synth();
`;
}

/** Returns the app with CDK's NodejsFunction: the same resources for each function, and its default bundling. */
function nodejsFunction(size: AppSize): string {
  return `
const path = require('node:path');
const { App, RemovalPolicy, Stack } = require('aws-cdk-lib/core');
const { AttributeType, TableV2 } = require('aws-cdk-lib/aws-dynamodb');
const { Architecture, LoggingFormat, Runtime, Tracing } = require('aws-cdk-lib/aws-lambda');
const { NodejsFunction } = require('aws-cdk-lib/aws-lambda-nodejs');
const { LogGroup, RetentionDays } = require('aws-cdk-lib/aws-logs');
const app = new App({ analyticsReporting: false });
const stacks = Array.from({ length: ${size.stacks} }, (_, index) => {
  const stack = new Stack(app, 'Stack' + index);
  return { stack, orders: new TableV2(stack, 'Orders', { partitionKey: { name: 'orderId', type: AttributeType.STRING } }) };
});
for (const [index, stackIndex] of ${JSON.stringify(indexes(size).map((index) => [index, stackOf(size, index)]))}) {
  const { stack, orders } = stacks[stackIndex];
  const id = 'fn' + String(index).padStart(3, '0');
  const fn = new NodejsFunction(stack, id, {
    entry: path.join(__dirname, 'plain', id + '.ts'),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    tracing: Tracing.ACTIVE,
    loggingFormat: LoggingFormat.JSON,
    logGroup: new LogGroup(stack, id + 'Logs', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY }),
    environment: { ORDERS_TABLE: orders.tableName, NODE_OPTIONS: '--enable-source-maps' },
    // As AWS recommends for production, and as this library does: the SDK of the lockfile, not of the runtime.
    bundling: { bundleAwsSDK: process.env.BENCH_OWN_SDK === '1' },
  });
  orders.grantReadWriteData(fn);
}
app.synth();
`;
}

/** Returns the app with CDK's plain Function and inline code: the cost of the resources without bundling. */
function plainFunction(size: AppSize): string {
  return nodejsFunction(size)
    .replace("require('aws-cdk-lib/aws-lambda-nodejs')", "require('aws-cdk-lib/aws-lambda')")
    .replace('{ NodejsFunction }', '{ Code, Function: NodejsFunction }')
    .replace(
      /entry: .*/,
      "code: Code.fromInline('exports.handler = async () => 1'), handler: 'index.handler',",
    )
    .replace(/ *\/\/ As AWS recommends.*\n *bundling: .*\n/, '');
}

/** Returns the app that is the lower bound: CDK with finished resources, and a single run of the bundler. */
function limit(size: AppSize): string {
  return `
const fs = require('node:fs');
const path = require('node:path');
const { App, CfnResource, Stack } = require('aws-cdk-lib/core');
if (process.env.BENCH_COLD) {
  require('esbuild').buildSync({
    absWorkingDir: __dirname, entryPoints: fs.readdirSync(path.join(__dirname, 'ours')).filter((f) => f.startsWith('fn')).map((f) => 'ours/' + f),
    bundle: true, splitting: true, format: 'esm', minify: true, platform: 'node', outdir: '/o', write: false, logLevel: 'silent',
  });
}
const app = new App({ analyticsReporting: false });
for (let index = 0; index < ${size.stacks}; index++) {
  const template = JSON.parse(fs.readFileSync(path.join(__dirname, 'templates', 'Stack' + index + '.template.json')));
  const stack = new Stack(app, 'Stack' + index);
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) new CfnResource(stack, id, { type: Type, properties: Properties });
}
app.synth();
`;
}

/** Returns the files of all apps of this size. */
export function appFiles(size: AppSize): Record<string, string> {
  return {
    'ours.cjs': ours(size),
    'nodejs-function.cjs': nodejsFunction(size),
    'plain-function.cjs': plainFunction(size),
    'limit.cjs': limit(size),
    'ours/shared.ts': shared(size),
    'plain/shared.ts': shared(size),
    ...Object.fromEntries(indexes(size).map((index) => [`ours/${name(index)}.ts`, ourHandler(index)])),
    ...Object.fromEntries(indexes(size).map((index) => [`plain/${name(index)}.ts`, plainHandler(index)])),
  };
}
