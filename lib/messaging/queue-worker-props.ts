import type { EventSourceMappingOptions } from 'aws-cdk-lib/aws-lambda';
import type { QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Duration } from 'aws-cdk-lib/core';
import type { SQSEvent } from 'aws-lambda';
import type { ModuleProps, NodeFunctionOptions } from '../function/node-function-props.js';
import type { DeadLetterAlarmProps } from '../observability/dead-letter-alarm.js';

/** Module whose handler accepts messages: one that calls `worker`, or a plain handler of SQS batches. */
export interface WorkerModule {
  // biome-ignore lint/suspicious/noExplicitAny: a handler may declare any type of context.
  readonly handler: (event: SQSEvent, context: any) => unknown;
}

/** Thresholds of a QueueWorker's alarms. */
export interface QueueWorkerAlarmProps extends DeadLetterAlarmProps {
  /** Maximum age of a message before the alarm. @default Duration.minutes(15) */
  readonly oldestMessage?: Duration;
}

/** Options of a QueueWorker besides those of its function. */
export interface QueueWorkerOptions {
  /**
   * True to handle messages of one group in the order in which they were sent, one at a time.
   *
   * SQS accepts and drops, within five minutes, a message with the deduplication id of an earlier one of its group.
   * `queue(Message).send` gives each message its own id. Equal messages of other senders without an id count as one; with
   * `queue: { contentBasedDeduplication: false }` SQS rejects them instead.
   * @default false: approximately in order, and as many at once as `maxConcurrency` allows
   */
  readonly fifo?: boolean;
  /**
   * Maximum messages of one invocation, 1 to 10; to 10,000 with a `batchWindow`.
   * @default 10; 1 with `fifo`: the messages behind a failed one are received together with it, so that each of their
   * receipts counts although they are not handled, and they are moved to the dead-letter queue with it. A larger batch
   * with `fifo` warns.
   */
  readonly batchSize?: number;
  /**
   * Maximum time to wait for a batch to fill, up to 5 minutes; not for FIFO queues.
   * @default - no wait: a message is handled as soon as it arrives
   */
  readonly batchWindow?: Duration;
  /**
   * Maximum concurrent invocations, 2 to 1,000.
   * @default 10, so that a backlog neither uses up the account's concurrency nor overloads the services behind
   */
  readonly maxConcurrency?: number;
  /**
   * Receipts of a message before it is moved to the dead-letter queue.
   * @default 5, the value that AWS recommends: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
   */
  readonly maxReceiveCount?: number;
  /**
   * Time for which a received message is invisible to other receivers; a failed one returns after it.
   * @default - six times the function's timeout, plus the batch window
   */
  readonly visibilityTimeout?: Duration;
  /** Alarms on old messages and on dead letters; `false` disables them. @default - both, with their default thresholds */
  readonly alarms?: QueueWorkerAlarmProps | false;
  /** Properties of the queue; they override the defaults. */
  readonly queue?: QueueProps;
  /** Properties of the dead-letter queue; they override the defaults. */
  readonly deadLetterQueue?: QueueProps;
  /** Properties of the event source, such as `filters` or `enabled`; they override the defaults. */
  readonly eventSource?: EventSourceMappingOptions;
}

/** Options of asynchronous invocation: a queue's poller waits for the response. */
type Asynchronous =
  | 'deadLetterQueue'
  | 'deadLetterQueueEnabled'
  | 'deadLetterTopic'
  | 'events'
  | 'failures'
  | 'invokedSynchronously'
  | 'maxEventAge'
  | 'onFailure'
  | 'onSuccess'
  | 'retryAttempts';

/** Module, bindings of its handler's needs, and options of the queue and of the function. */
export type QueueWorkerProps<Module extends WorkerModule> = QueueWorkerOptions &
  Omit<NodeFunctionOptions, Asynchronous> &
  ModuleProps<Module>;
