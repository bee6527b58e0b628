import type { AliasOptions, FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { RemovalPolicy } from 'aws-cdk-lib/core';
import type { DeadLetterAlarmProps } from '../observability/dead-letter-alarm.js';

/** What can be said of the queue for events that failed. */
export interface FailureOptions {
  /** Any property of the queue; it wins over the defaults. @default - encrypted, TLS only, 14 days, kept when its stack goes */
  readonly queue?: QueueProps;
  /** The alarm on what lies there; `false` for none. @default - at the first event */
  readonly alarm?: DeadLetterAlarmProps | false;
}

/** What can be said about any function besides its code. All options of CDK's functions; they win over the defaults. */
export interface BaseFunctionOptions
  extends Omit<
    FunctionOptions,
    'layers' | 'logRetention' | 'logRemovalPolicy' | 'logRetentionRole' | 'logRetentionRetryOptions'
  > {
  /** How long logs are kept. Without effect when `logGroup` is given. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /**
   * What becomes of the logs when the function goes. Without effect when `logGroup` is given.
   *
   * @default RemovalPolicy.DESTROY: they go, too
   */
  readonly logRemovalPolicy?: RemovalPolicy;
  /**
   * Says that every caller waits for the answer (an API, a workflow, a queue's poller) and handles its failure.
   *
   * @default false: a queue for events that failed is made as soon as a service that does not wait (EventBridge, SNS,
   * S3 ...) is permitted to invoke the function
   */
  readonly invokedSynchronously?: boolean;
  /**
   * The queue for events that failed, and its alarm, where one is made.
   *
   * @default - an encrypted queue that keeps them for 14 days, and an alarm at the first one
   */
  readonly failures?: FailureOptions;
  /**
   * Options of the alias `live` by which the function is invoked, for example `provisionedConcurrentExecutions`.
   *
   * @default - no provisioned concurrency: environments start with the first requests
   */
  readonly live?: AliasOptions;
}
