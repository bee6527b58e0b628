// What hands work on asynchronously, with handlers that fail on purpose.
import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, JsonPath, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { DynamoAttributeValue, DynamoPutItem } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib/core';
import { CronJob, DataTable, EventHub, NodeFunction, Outbox, QueueWorker } from 'cdk-trellis';
import { OrderChanged } from './contracts.js';

const stack = new Stack(new App(), 'Messaging');
const log = new DataTable(stack, 'Log', { partitionKey: 'what', sortKey: 'at' });

// One second, so that a message that failed comes again soon.
const quick = { timeout: Duration.seconds(1), maxReceiveCount: 2 };
const tasks = new QueueWorker(stack, 'Tasks', {
  handler: () => import('./handlers/task.js'),
  bind: { log },
  ...quick,
});
const ordered = new QueueWorker(stack, 'Ordered', {
  handler: () => import('./handlers/ordered-task.js'),
  bind: { log },
  fifo: true,
  ...quick,
});
const sender = new NodeFunction(stack, 'Sender', {
  handler: () => import('./handlers/send.js'),
  bind: { tasks, ordered },
});

const hub = new EventHub(stack, 'Events', { publishAs: '/test/events' });
const onChanged = hub.on(OrderChanged, () => import('./handlers/on-order-changed.js'), { bind: { log } });
const views = new DataTable(stack, 'Views', { partitionKey: 'orderId' });
const shown = new QueueWorker(stack, 'Shown', {
  handler: () => import('./handlers/show-order.js'),
  bind: { views },
  ...quick,
});
hub.on(OrderChanged, shown, { id: 'Show' });
const published = new Queue(stack, 'Published');
hub.on(OrderChanged, published, { id: 'Copy' });
const starts = new StateMachine(stack, 'Starts', {
  definitionBody: DefinitionBody.fromChainable(
    new DynamoPutItem(stack, 'Write', {
      table: log.table,
      item: {
        what: DynamoAttributeValue.fromString(JsonPath.format('workflow {}', JsonPath.stringAt('$.orderId'))),
        at: DynamoAttributeValue.fromString(JsonPath.executionStartTime),
      },
    }),
  ),
});
hub.on(OrderChanged, starts, { id: 'Start' });
const publisher = new NodeFunction(stack, 'Publisher', {
  handler: () => import('./handlers/publish.js'),
  bind: { changed: hub, changedV9: hub },
});

const orders = new DataTable(stack, 'Orders', {
  partitionKey: 'orderId',
  stream: StreamViewType.NEW_AND_OLD_IMAGES,
});
const outbox = new Outbox(stack, 'Outbox', { table: orders, events: hub });
const writer = new NodeFunction(stack, 'Writer', {
  handler: () => import('./handlers/write-order.js'),
  bind: { orders },
});

const nightly = new CronJob(stack, 'Nightly', {
  schedule: ScheduleExpression.rate(Duration.minutes(1)),
  handler: () => import('./handlers/nightly.js'),
  bind: { log },
});

for (const [name, value] of Object.entries({
  Log: log.table.tableName,
  Tasks: tasks.queue.queueUrl,
  TasksDead: tasks.deadLetterQueue.queueUrl,
  Ordered: ordered.queue.queueUrl,
  OrderedDead: ordered.deadLetterQueue.queueUrl,
  Sender: sender.functionName,
  Bus: hub.bus.eventBusName,
  OnChangedFailures: onChanged.deadLetterQueue.queueUrl,
  Shown: shown.queue.queueUrl,
  ShownDead: shown.deadLetterQueue.queueUrl,
  Views: views.table.tableName,
  Published: published.queueUrl,
  Publisher: publisher.functionName,
  Orders: orders.table.tableName,
  OrdersStream: orders.table.tableStreamArn as string,
  OutboxFunction: outbox.function.functionArn,
  OutboxFailures: outbox.failures.queueUrl,
  OutboxSource: outbox.eventSource.eventSourceMappingId,
  OutboxCheck: (outbox.node.findChild('UnreadCheck').node.findChild('StateMachine') as StateMachine)
    .stateMachineArn,
  Writer: writer.functionName,
  Nightly: nightly.function.functionName,
  NightlyFailures: nightly.deadLetterQueue.queueUrl,
}))
  new CfnOutput(stack, `${name}Output`, { value });
