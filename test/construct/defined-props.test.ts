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

/** Properties as a construct around these passes them on when its own user has said nothing. */
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
  (stack: Stack, is: (props: Properties) => Properties) => void,
])[] = [
  [
    'NodeFunction',
    (stack, is) =>
      new NodeFunction(stack, 'Fn', {
        handler: () => import('../function/fixtures/handlers/plain.js'),
        ...is(FUNCTION),
      }),
  ],
  [
    'AssetFunction',
    (stack, is) =>
      new AssetFunction(stack, 'Fn', {
        code: Code.fromInline('exports.handler = async () => 1'),
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        ...is(CODE),
      }),
  ],
  ['DataTable', (stack, is) => new DataTable(stack, 'Orders', { partitionKey: 'id', table: is(TABLE) })],
  ['IdempotencyTable', (stack, is) => new IdempotencyTable(stack, 'Once', { table: is(TABLE) })],
  [
    'UserDirectory',
    (stack, is) =>
      new UserDirectory(stack, 'Users', {
        userPool: is(
          unset(
            'accountRecovery',
            'deletionProtection',
            'mfa',
            'passwordPolicy',
            'removalPolicy',
            'selfSignUpEnabled',
          ),
        ),
        client: is(
          unset('accessTokenValidity', 'authFlows', 'enableTokenRevocation', 'preventUserExistenceErrors'),
        ),
        triggers: {
          preSignUp: { handler: () => import('../identity/handlers/plain.js'), ...is(FUNCTION) },
        },
      } as never),
  ],
  [
    'QueueWorker',
    (stack, is) =>
      new QueueWorker(stack, 'Mails', {
        handler: () => import('../messaging/fixtures/send-mail.js'),
        bind: { sent: new DataTable(stack, 'Sent', { partitionKey: 'id' }) },
        queue: is(QUEUE),
        deadLetterQueue: is(QUEUE),
        eventSource: is(unset('maxConcurrency', 'reportBatchItemFailures')),
        ...is(FUNCTION),
      } as never),
  ],
  [
    'CronJob',
    (stack, is) =>
      new CronJob(stack, 'Clean', {
        schedule: ScheduleExpression.rate(Duration.hours(1)),
        handler: () => import('../schedule/fixtures/clean.js'),
        scheduler: is(unset('description', 'timeWindow')),
        ...is(FUNCTION),
      }),
  ],
  [
    'Outbox',
    (stack, is) =>
      new Outbox(stack, 'Outbox', {
        table: new DataTable(stack, 'Orders', {
          partitionKey: 'id',
          stream: StreamViewType.NEW_AND_OLD_IMAGES,
        }),
        events: new EventHub(stack, 'Events'),
        function: is(FUNCTION),
        eventSource: is(unset('bisectBatchOnError', 'onFailure', 'reportBatchItemFailures', 'retryAttempts')),
      } as never),
  ],
  [
    'Saga',
    (stack, is) =>
      new Saga(stack, 'Fulfilment', {
        definition: defineSaga(Order).step('reserve', {
          do: () => import('../workflow/fixtures/reserve.js'),
        }),
        bind: { stock: new DataTable(stack, 'Stock', { partitionKey: 'id' }) },
        functions: is(FUNCTION),
        stateMachine: is(unset('logs', 'tracingEnabled')),
      } as never),
  ],
  [
    'Api',
    (stack, is) =>
      new Api(stack, 'Api', {
        contract: ordersApi,
        users: UserDirectory.fromPublished(stack, 'Users', '/shop/users'),
        bind: { orders: new DataTable(stack, 'Orders', { partitionKey: 'orderId' }) },
        functions: { memorySize: 512, ...is(unset('logRetention')) },
        routes: {
          listOrders: () => import('../api/fixtures/list.js'),
          placeOrder: { handler: () => import('../api/fixtures/place.js'), ...is(FUNCTION) },
          cancelOrder: () => import('../api/fixtures/cancel.js'),
        },
        stage: is(unset('accessLogDestination', 'loggingLevel', 'throttlingBurstLimit', 'tracingEnabled')),
        restApi: is(unset('endpointTypes', 'minCompressionSize')),
      } as never),
  ],
  [
    'Site',
    (stack, is) =>
      new Site(stack, 'Site', {
        source: folderOf({ 'index.html': '<!doctype html><title>Shop</title>' }),
        bucket: is(unset('blockPublicAccess', 'encryption', 'enforceSSL', 'removalPolicy')),
        distribution: {
          ...is(unset('comment', 'enableLogging', 'httpVersion', 'logBucket')),
          defaultBehavior: is(unset('responseHeadersPolicy', 'viewerProtocolPolicy')),
        },
      } as never),
  ],
  ['Monitoring', (stack, is) => new Monitoring(stack, 'Monitoring', { topic: is(unset('enforceSSL')) })],
];

const CONTEXT = { 'aws:cdk:bundling-stacks': [] };

it.each(CONSTRUCTS)('a property of %s that is undefined leaves the default', (_name, make) => {
  const [without, undefinedOnes] = [() => ({}), (props: Properties) => props].map((is) => {
    const stack = newStack(CONTEXT);
    make(stack, is);
    return stableTemplate(stack);
  });
  expect(undefinedOnes).toEqual(without);
});
