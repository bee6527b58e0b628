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

export interface OutboxAlarmProps extends DeadLetterAlarmProps {
  /** How old the oldest change may be that is not published. @default Duration.minutes(5) */
  readonly delay?: Duration;
  /**
   * Whether a check every five minutes looks at the event source, with an alarm when the stream is not read.
   * @default true
   */
  readonly unread?: boolean;
}

export interface OutboxProps {
  /** The table whose items carry events; its stream must hold new and old images. */
  readonly table: DataTable | ITable;
  /** Where events are published. */
  readonly events: Bindable<'bus'> | IEventBus;
  /** How many changes one invocation gets at most, 1 to 10,000. @default 100 */
  readonly batchSize?: number;
  /**
   * How often a batch is tried again while EventBridge cannot be reached; meanwhile its shard waits, so that order is
   * kept.
   * @default 100
   */
  readonly retryAttempts?: number;
  /**
   * How old a change may be until it is given up, a minute to a day.
   * @default Duration.hours(12): DynamoDB keeps changes for a day, and what was given up must be read from there
   */
  readonly maxRecordAge?: Duration;
  /** Properties of the function that publishes; they win over the defaults. @default - 256 MB, a minute */
  readonly function?: NodeFunctionOptions;
  /** Alarms on delay, throttles, a stream that is not read and events that were given up; `false` for none. @default - all four */
  readonly alarms?: OutboxAlarmProps | false;
  /** Any property of the event source, such as `parallelizationFactor`; it wins over the defaults. */
  readonly eventSource?: EventSourceMappingOptions;
}

/**
 * Publishes the events that items of a table carry: whoever writes `{ ...order, ...outbox(OrderPlaced, data, { sequence }) }`
 * publishes by the same write, so that no order is without its event and no event without its order.
 *
 * The table's stream leads to a function of this library, which publishes in order for each item and at least once.
 * What EventBridge refuses for good lands in the failure queue with its data and blocks nothing, and so does the key of an
 * item whose event cannot be written as JSON or is too large for a message; a change that could not be published for half a
 * day lands there as a reference to the stream. `trellis redrive` publishes all of them, for a day without a loss: later
 * it finds what the items still carry.
 *
 * Costs at rest: four alarms, $0.40 a month, and a cent for the checks of the event source. In use the function's time and the events ($1.00 per million); reading
 * the stream is free for functions.
 *
 * @throws Error when the table has no stream of new and old images
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
  /** The function that publishes. */
  readonly function: HandlerFunction;
  /** What reads the stream and invokes the function. */
  readonly eventSource: EventSourceMapping;
  /** Events that EventBridge has refused, and references to changes that were given up. */
  readonly failures: Queue;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: OutboxProps) {
    super(scope, id);
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
      `\`table\` must have a stream of new and old images, got ${view ?? 'no stream'}: give ${table.node.path} \`stream: StreamViewType.NEW_AND_OLD_IMAGES\` (at ${this.node.path})`,
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
      // From the oldest change on: what is written while the event source is being made would be missed otherwise.
      startingPosition: StartingPosition.TRIM_HORIZON,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // The function may send there already, by its own need.
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
    // Each invocation reports the age of its changes: a function without invocations has no IteratorAge.
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
      `Events of ${name} could not be published and lie in its Outbox's failure queue. Redrive references to the stream within a day: later only what the items still carry can be published.`,
    );
    if (!unread) return [late, throttled, lost];
    const { eventSource, failures } = this;
    const notRead = addUnreadAlarm(this, { table: name, eventSource, failures, ...(topic && { topic }) });
    return [late, throttled, lost, notRead];
  }
}
