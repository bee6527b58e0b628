// What community LocalStack shows and MiniStack cannot: streams with partial failures, bounded retries and a failure
// destination; and what is shown on both: validators, layers, aliases, schedules, dead letters, custom resources.
import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, CfnOutput, CustomResource, Duration, Stack } from 'aws-cdk-lib/core';
import {
  Api,
  CronJob,
  DataTable,
  EventHub,
  NodeFunction,
  Outbox,
  QueueWorker,
  SharedLayer,
} from 'cdk-trellis';
import { notesApi, OrderChanged } from './contract.js';

const stack = new Stack(new App(), 'TrellisDrill');
const log = new DataTable(stack, 'Log', { partitionKey: 'what', sortKey: 'at' });
const stream = StreamViewType.NEW_AND_OLD_IMAGES;

// An Outbox whose way to EventBridge leads through the drill, which loses some of its calls.
const orders = new DataTable(stack, 'Orders', { partitionKey: 'orderId', stream });
const hub = new EventHub(stack, 'Events', { publishAs: '/drill/events' });
const published = new Queue(stack, 'Published');
hub.on(OrderChanged, published);
const outbox = new Outbox(stack, 'Outbox', {
  table: orders,
  events: hub,
  retryAttempts: 2,
  function: { environment: { AWS_ENDPOINT_URL_EVENTBRIDGE: process.env.TRELLIS_DRILL_EVENTS ?? '' } },
});
const writer = new NodeFunction(stack, 'Writer', {
  handler: () => import('./handlers/write-orders.js'),
  bind: { orders },
});

// A custom consumer.
const readings = new DataTable(stack, 'Readings', { partitionKey: 'readingId', stream });
const unreadable = new Queue(stack, 'Unreadable');
const reader = new NodeFunction(stack, 'Reader', {
  handler: () => import('./handlers/read.js'),
  bind: { log },
  invokedSynchronously: true,
});
reader.addEventSource(
  new DynamoEventSource(readings.table as never, {
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 10,
    retryAttempts: 2,
    reportBatchItemFailures: true,
    onFailure: new SqsDlq(unreadable),
    filters: [FilterCriteria.filter({ eventName: FilterRule.isEqual('INSERT') })],
  }),
);

const notes = new DataTable(stack, 'Notes', { partitionKey: 'noteId' });
new Api(stack, 'Api', {
  contract: notesApi,
  bind: { notes },
  validateBodiesAtGateway: true,
  routes: { addNote: () => import('./handlers/add-note.js') },
});

const tasks = new QueueWorker(stack, 'Tasks', {
  handler: () => import('./handlers/task.js'),
  bind: { log },
  timeout: Duration.seconds(1),
  maxReceiveCount: 2,
});

new CronJob(stack, 'EveryMinute', {
  schedule: ScheduleExpression.rate(Duration.minutes(1)),
  handler: () => import('./handlers/every-minute.js'),
  bind: { log },
});

const layered = new NodeFunction(stack, 'Layered', {
  handler: () => import('./handlers/layered.js'),
  layers: [SharedLayer.fromPackage('layers/commerce')],
});
const alias = layered.addAlias('live');

const calculate = new NodeFunction(stack, 'Calculate', {
  handler: () => import('./handlers/calculation.js'),
});
const calculation = new CustomResource(stack, 'Calculation', {
  resourceType: 'Custom::Calculation',
  serviceToken: calculate.functionArn,
  serviceTimeout: Duration.seconds(30),
  properties: { expression: '6 * 7' },
});

for (const [name, value] of Object.entries({
  Log: log.table.tableName,
  Writer: writer.functionName,
  Published: published.queueUrl,
  OutboxFailures: outbox.failures.queueUrl,
  Readings: readings.table.tableName,
  Unreadable: unreadable.queueUrl,
  Notes: notes.table.tableName,
  Tasks: tasks.queue.queueUrl,
  DeadTasks: tasks.deadLetterQueue.queueUrl,
  Layered: layered.functionName,
  Live: alias.functionArn,
  Calculation: calculation.getAttString('result'),
  CalculationFunction: calculate.functionArn,
}))
  new CfnOutput(stack, `${name}Output`, { value });
