import type { EventSourceMappingOptions } from 'aws-cdk-lib/aws-lambda';
import type { QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Duration } from 'aws-cdk-lib/core';
import type { SQSEvent } from 'aws-lambda';
import type { ModuleProps, NodeFunctionOptions } from '../function/node-function-props.js';
import type { DeadLetterAlarmProps } from '../observability/dead-letter-alarm.js';

/** A module whose handler takes messages: made with `worker`, or any that answers a batch of SQS. */
export interface WorkerModule {
  // biome-ignore lint/suspicious/noExplicitAny: the context is Lambda's, or whatever the handler makes of it.
  readonly handler: (event: SQSEvent, context: any) => unknown;
}

export interface QueueWorkerAlarmProps extends DeadLetterAlarmProps {
  /** How old a message may be before the alarm is on. @default Duration.minutes(15) */
  readonly oldestMessage?: Duration;
}

export interface QueueWorkerOptions {
  /**
   * Whether messages of one group are handled in the order in which they were sent, one at a time.
   *
   * SQS accepts and drops, within five minutes, a message with the deduplication id of an earlier one of its group.
   * `queue(Message).send` gives each message an id of its own. Of other senders that give none, equal messages are taken
   * for one; with `queue: { contentBasedDeduplication: false }` SQS refuses them instead.
   * @default false: about in order, and as many at once as `maxConcurrency` allows
   */
  readonly fifo?: boolean;
  /**
   * How many messages one invocation gets at most, 1 to 10; to 10,000 with a `batchWindow`.
   * @default 10; 1 with `fifo`: the messages behind one that fails are received together with it, so that each
   * receipt of theirs counts although they are not handled, and they land in the dead-letter queue with it. A larger
   * batch with `fifo` warns.
   */
  readonly batchSize?: number;
  /**
   * How long to wait for a batch to fill, up to 5 minutes; not for FIFO queues.
   * @default - no wait: a message is handled as soon as it comes
   */
  readonly batchWindow?: Duration;
  /**
   * How many invocations run at once, 2 to 1,000.
   * @default 10, so that a backlog neither takes the account's concurrency from its APIs nor floods what is behind
   */
  readonly maxConcurrency?: number;
  /**
   * How often a message is received before it goes to the dead-letter queue.
   * @default 5, as AWS advises: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
   */
  readonly maxReceiveCount?: number;
  /**
   * For how long others do not see a message that is being handled; it is also the wait before a failed one comes again.
   * @default - six times the function's timeout, and the batch window
   */
  readonly visibilityTimeout?: Duration;
  /** Alarms on old messages and on dead letters; `false` for none. @default - both, with their default thresholds */
  readonly alarms?: QueueWorkerAlarmProps | false;
  /** Any property of the queue; it wins over the defaults. */
  readonly queue?: QueueProps;
  /** Any property of the dead-letter queue; it wins over the defaults. */
  readonly deadLetterQueue?: QueueProps;
  /** Any property of the event source, such as `filters` or `enabled`; it wins over the defaults. */
  readonly eventSource?: EventSourceMappingOptions;
}

/** Options of asynchronous invocation: a queue's poller waits for the answer. */
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

/** The module, what its handler needs, and options of the queue and of the function. */
export type QueueWorkerProps<Module extends WorkerModule> = QueueWorkerOptions &
  Omit<NodeFunctionOptions, Asynchronous> &
  ModuleProps<Module>;
