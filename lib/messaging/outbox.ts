import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type CfnGlobalTable, type ITable, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import {
  EventSourceMapping,
  type EventSourceMappingOptions,
  FilterCriteria,
  FilterRule,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { allow, allowKey, type Bindable } from '../bindings/bindable.js';
import { assertProps } from '../construct/assert-props.js';
import { definedProps } from '../construct/defined-props.js';
import { deadLetterQueue } from '../construct/queues.js';
import type { DataTable } from '../data/data-table.js';
import { HandlerFunction } from '../function/handler-function.js';
import type { NodeFunctionOptions } from '../function/node-function-props.js';
import { libraryHandler } from '../handler/library-entry.js';
import { addAlarm } from '../observability/alarm.js';
import { addDeadLetterAlarm, type DeadLetterAlarmProps } from '../observability/dead-letter-alarm.js';
import { OUTBOX_ATTRIBUTE } from '../runtime/outbox/attribute.js';
import { addUnreadAlarm } from './private/unread-check.js';

/** Thresholds of an Outbox's alarms. */
export interface OutboxAlarmProps extends DeadLetterAlarmProps {
  /** Maximum age of an unpublished change. @default Duration.minutes(5) */
  readonly delay?: Duration;
  /**
   * True to check the event source every five minutes, with an alarm when the stream is not read.
   * @default true
   */
  readonly unread?: boolean;
}

/** Properties of an Outbox. */
export interface OutboxProps {
  /** Table whose items contain events; its stream must have new and old images. */
  readonly table: DataTable | ITable;
  /** Bus to publish on. */
  readonly events: Bindable<'bus'> | IEventBus;
  /** Maximum changes of one invocation, 1 to 10,000. @default 100 */
  readonly batchSize?: number;
  /**
   * Retries of a batch while EventBridge cannot be reached; meanwhile its shard waits, to keep the order.
   * @default 100
   */
  readonly retryAttempts?: number;
  /**
   * Maximum age of a change before it is moved to the failure queue, a minute to a day.
   * @default Duration.hours(12): DynamoDB keeps changes for a day, and a redrive must still read them there
   */
  readonly maxRecordAge?: Duration;
  /** Properties of the publishing function; they override the defaults. @default - 256 MB, a minute */
  readonly function?: NodeFunctionOptions;
  /** Alarms on delay, throttles, a stream that is not read and failed events; `false` disables them. @default - all four */
  readonly alarms?: OutboxAlarmProps | false;
  /** Properties of the event source, such as `parallelizationFactor`; they override the defaults. */
  readonly eventSource?: EventSourceMappingOptions;
}

/**
 * Publishes the events in a table's items: a write of `{ ...order, ...outbox(OrderPlaced, data, { sequence }) }` also
 * publishes the event, so that neither an order nor its event exists without the other.
 *
 * The table's stream invokes a function of this library, which publishes at least once, in order for each item. An event
 * that EventBridge rejects permanently is moved to the failure queue with its data and does not block others. For an
 * event that cannot be written as JSON, or is too large for a message, the queue gets the key of its item; for a change
 * that could not be published for half a day, a reference to the stream. `trellis redrive` publishes all of them: within
 * a day without a loss, later only the events that the items still contain.
 *
 * Costs at rest: four alarms, $0.40 a month, and a cent for the checks of the event source. In use: the function's time
 * and the events ($1.00 per million); functions read the stream for free.
 *
 * @throws Error if the table does not have a stream of new and old images
 * @example
 * import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
 * import { DataTable, EventHub, Outbox } from 'cdk-trellis';
 *
 * const orders = new DataTable(stack, 'Orders', {
 *   partitionKey: 'orderId',
 *   stream: StreamViewType.NEW_AND_OLD_IMAGES,
 * });
 * new Outbox(stack, 'Outbox', { table: orders, events: new EventHub(stack, 'Events') });
 */
export class Outbox extends Construct {
  /** Publishing function. */
  readonly function: HandlerFunction;
  /** Event source that reads the stream and invokes the function. */
  readonly eventSource: EventSourceMapping;
  /** Queue of events that EventBridge rejected, and of references to changes that were too old. */
  readonly failures: Queue;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: OutboxProps) {
    super(scope, id);
    assertProps(this, 'Outbox', props, new.target === Outbox);
    const table = 'table' in props.table ? (props.table.table as ITable) : props.table;
    const streamArn = this.streamOf(table);
    this.failures = deadLetterQueue(this, 'Failures');
    this.function = new HandlerFunction(this, 'Function', {
      description: `Publishes the events of ${table.node.path}`,
      timeout: Duration.minutes(1),
      ...definedProps(props.function),
      invokedSynchronously: true,
      handler: libraryHandler('runtime/outbox/publisher'),
      bind: { events: props.events, refused: this.failures },
    } as never);
    this.eventSource = this.read(table, streamArn, props);
    this.alarms = props.alarms === false ? [] : this.addAlarms(table, props.alarms ?? {});
  }

  private streamOf(table: ITable): string {
    const resource = table.node.defaultChild as CfnGlobalTable | undefined;
    const stream = Stack.of(this).resolve(resource?.streamSpecification);
    const view: unknown = stream?.streamViewType;
    const isWrong = resource !== undefined && view !== StreamViewType.NEW_AND_OLD_IMAGES;
    if (!isWrong && table.tableStreamArn) return table.tableStreamArn;
    throw new Error(
      `\`table\` must have a stream of new and old images, got ${view ?? 'no stream'}. Set \`stream: StreamViewType.NEW_AND_OLD_IMAGES\` on ${table.node.path} (at ${this.node.path})`,
    );
  }

  private read(table: ITable, streamArn: string, props: OutboxProps): EventSourceMapping {
    const { batchSize = 100, retryAttempts = 100, maxRecordAge = Duration.hours(12) } = props;
    const statements = [
      allow('dynamodb', ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'], [streamArn]),
      ...allowKey(table.encryptionKey, false),
    ];
    for (const statement of statements) this.function.addToRolePolicy(statement);
    return new EventSourceMapping(this, 'EventSource', {
      batchSize,
      retryAttempts,
      maxRecordAge,
      // From the oldest change, to include writes during the creation of the event source.
      startingPosition: StartingPosition.TRIM_HORIZON,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // The function already has permission to send there, by its own need.
      onFailure: { bind: () => ({ destination: this.failures.queueArn }) },
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.or('INSERT', 'MODIFY'),
          dynamodb: { NewImage: { [OUTBOX_ATTRIBUTE]: { M: { id: { S: FilterRule.exists() } } } } },
        }),
      ],
      ...definedProps(props.eventSource),
      target: this.function,
      eventSourceArn: streamArn,
    });
  }

  private addAlarms(table: ITable, props: OutboxAlarmProps): Alarm[] {
    const { delay = Duration.minutes(5), unread = true, topic } = props;
    const name = table.node.path;
    const late = addAlarm(this, 'DelayAlarm', {
      metric: this.function.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(1) }),
      threshold: delay.toMilliseconds(),
      periods: 3,
      description: `Events of ${name} are published more than ${delay.toMinutes({ integral: false })} minutes late. See in the logs of the Outbox's function whether EventBridge refuses them, or there are too many.`,
      runbook: 'late-streams',
      ...(topic && { topic }),
    });
    // Alarm on throttles: the age of changes is reported by invocations, so a throttled function has no IteratorAge.
    const throttled = addAlarm(this, 'ThrottledAlarm', {
      metric: this.function.metricThrottles({ period: Duration.minutes(1) }),
      threshold: 0,
      periods: 5,
      description: `The function that publishes the events of ${name} may not run, for five minutes: its concurrency, or that of the account, is used up or set to 0. Its events wait.`,
      runbook: 'late-streams',
      ...(topic && { topic }),
    });
    const lost = addDeadLetterAlarm(
      this,
      this.failures,
      props,
      `Events of ${name} could not be published and are in its Outbox's failure queue. Redrive references to the stream within a day: later only the events that the items still contain can be published.`,
    );
    if (!unread) return [late, throttled, lost];
    const { eventSource } = this;
    const notRead = addUnreadAlarm(this, { table: name, eventSource, ...(topic && { topic }) });
    return [late, throttled, lost, notRead];
  }
}
