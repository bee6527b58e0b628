import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration, type Stack } from 'aws-cdk-lib/core';
import {
  Api,
  AssetFunction,
  CronJob,
  DataTable,
  defineSaga,
  EventHub,
  IdempotencyTable,
  Monitoring,
  NodeFunction,
  Outbox,
  QueueWorker,
  Saga,
  Site,
  UserDirectory,
} from 'cdk-trellis';
import { ordersApi } from '../api/fixtures/contract.js';
import { folderOf } from '../site/support.js';
import { newStack, stableTemplate } from '../support/template.js';
import { Order } from '../workflow/fixtures/contract.js';

/** Returns properties as a wrapping construct passes them on when its user sets none. */
const unset = (...names: string[]) => Object.fromEntries(names.map((name) => [name, undefined]));

const FUNCTION = unset(
  'architecture',
  'description',
  'environment',
  'logRetention',
  'memorySize',
  'runtime',
  'timeout',
  'tracing',
);
const CODE = unset('architecture', 'logRetention', 'memorySize', 'timeout', 'tracing');
const TABLE = unset(
  'billing',
  'deletionProtection',
  'encryption',
  'pointInTimeRecoverySpecification',
  'removalPolicy',
);
const QUEUE = unset('encryption', 'enforceSSL', 'removalPolicy', 'retentionPeriod', 'visibilityTimeout');

type Properties = Readonly<Record<string, unknown>>;
const CONSTRUCTS: readonly (readonly [
  string,
  (stack: Stack, pass: (props: Properties) => Properties) => void,
])[] = [
  [
    'NodeFunction',
    (stack, pass) =>
      new NodeFunction(stack, 'Fn', {
        handler: () => import('../function/fixtures/handlers/plain.js'),
        ...pass(FUNCTION),
      }),
  ],
  [
    'AssetFunction',
    (stack, pass) =>
      new AssetFunction(stack, 'Fn', {
        code: Code.fromInline('exports.handler = async () => 1'),
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        ...pass(CODE),
      }),
  ],
  ['DataTable', (stack, pass) => new DataTable(stack, 'Orders', { partitionKey: 'id', table: pass(TABLE) })],
  ['IdempotencyTable', (stack, pass) => new IdempotencyTable(stack, 'Once', { table: pass(TABLE) })],
  [
    'UserDirectory',
    (stack, pass) =>
      new UserDirectory(stack, 'Users', {
        userPool: pass(
          unset(
            'accountRecovery',
            'deletionProtection',
            'mfa',
            'passwordPolicy',
            'removalPolicy',
            'selfSignUpEnabled',
          ),
        ),
        client: pass(
          unset('accessTokenValidity', 'authFlows', 'enableTokenRevocation', 'preventUserExistenceErrors'),
        ),
        triggers: {
          preSignUp: { handler: () => import('../identity/handlers/plain.js'), ...pass(FUNCTION) },
        },
      } as never),
  ],
  [
    'QueueWorker',
    (stack, pass) =>
      new QueueWorker(stack, 'Mails', {
        handler: () => import('../messaging/fixtures/send-mail.js'),
        bind: { sent: new DataTable(stack, 'Sent', { partitionKey: 'id' }) },
        queue: pass(QUEUE),
        deadLetterQueue: pass(QUEUE),
        eventSource: pass(unset('maxConcurrency', 'reportBatchItemFailures')),
        ...pass(FUNCTION),
      } as never),
  ],
  [
    'CronJob',
    (stack, pass) =>
      new CronJob(stack, 'Clean', {
        schedule: ScheduleExpression.rate(Duration.hours(1)),
        handler: () => import('../schedule/fixtures/clean.js'),
        scheduler: pass(unset('description', 'timeWindow')),
        ...pass(FUNCTION),
      }),
  ],
  [
    'Outbox',
    (stack, pass) =>
      new Outbox(stack, 'Outbox', {
        table: new DataTable(stack, 'Orders', {
          partitionKey: 'id',
          stream: StreamViewType.NEW_AND_OLD_IMAGES,
        }),
        events: new EventHub(stack, 'Events'),
        function: pass(FUNCTION),
        eventSource: pass(
          unset('bisectBatchOnError', 'onFailure', 'reportBatchItemFailures', 'retryAttempts'),
        ),
      } as never),
  ],
  [
    'Saga',
    (stack, pass) =>
      new Saga(stack, 'Fulfilment', {
        definition: defineSaga(Order).step('reserve', {
          do: () => import('../workflow/fixtures/reserve.js'),
        }),
        bind: { stock: new DataTable(stack, 'Stock', { partitionKey: 'id' }) },
        functions: pass(FUNCTION),
        stateMachine: pass(unset('logs', 'tracingEnabled')),
      } as never),
  ],
  [
    'Api',
    (stack, pass) =>
      new Api(stack, 'Api', {
        contract: ordersApi,
        users: UserDirectory.fromPublished(stack, 'Users', '/shop/users'),
        bind: { orders: new DataTable(stack, 'Orders', { partitionKey: 'orderId' }) },
        functions: { memorySize: 512, ...pass(unset('logRetention')) },
        routes: {
          listOrders: () => import('../api/fixtures/list.js'),
          placeOrder: { handler: () => import('../api/fixtures/place.js'), ...pass(FUNCTION) },
          cancelOrder: () => import('../api/fixtures/cancel.js'),
        },
        stage: pass(unset('accessLogDestination', 'loggingLevel', 'throttlingBurstLimit', 'tracingEnabled')),
        restApi: pass(unset('endpointTypes', 'minCompressionSize')),
      } as never),
  ],
  [
    'Site',
    (stack, pass) =>
      new Site(stack, 'Site', {
        source: folderOf({ 'index.html': '<!doctype html><title>Shop</title>' }),
        bucket: pass(unset('blockPublicAccess', 'encryption', 'enforceSSL', 'removalPolicy')),
        distribution: {
          ...pass(unset('comment', 'enableLogging', 'httpVersion', 'logBucket')),
          defaultBehavior: pass(unset('responseHeadersPolicy', 'viewerProtocolPolicy')),
        },
      } as never),
  ],
  ['Monitoring', (stack, pass) => new Monitoring(stack, 'Monitoring', { topic: pass(unset('enforceSSL')) })],
];

const CONTEXT = { 'aws:cdk:bundling-stacks': [] };

it.each(CONSTRUCTS)('a property of %s that is undefined does not override the default', (_name, make) => {
  const [absent, undefinedProps] = [() => ({}), (props: Properties) => props].map((pass) => {
    const stack = newStack(CONTEXT);
    make(stack, pass);
    return stableTemplate(stack);
  });
  expect(undefinedProps).toEqual(absent);
});
