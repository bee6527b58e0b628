import type { AliasOptions, FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { RemovalPolicy } from 'aws-cdk-lib/core';
import type { DeadLetterAlarmProps } from '../observability/dead-letter-alarm.js';

/** Options of the queue for failed events. */
export interface FailureOptions {
  /**
   * Properties of the queue; they override the defaults.
   *
   * @default - encrypted, TLS only, 14 days, retained when its stack is deleted
   */
  readonly queue?: QueueProps;
  /** The alarm on events in the queue; `false` for none. @default - an alarm at the first event */
  readonly alarm?: DeadLetterAlarmProps | false;
}

/** Options of any function besides its code: every option of CDK's functions. Yours override the defaults. */
export interface BaseFunctionOptions
  extends Omit<
    FunctionOptions,
    'layers' | 'logRetention' | 'logRemovalPolicy' | 'logRetentionRole' | 'logRetentionRetryOptions'
  > {
  /** Retention of the logs. No effect with `logGroup`. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /**
   * Removal policy of the logs when the function is deleted. No effect with `logGroup`.
   *
   * @default RemovalPolicy.DESTROY: they are deleted, too
   */
  readonly logRemovalPolicy?: RemovalPolicy;
  /**
   * Declares that every caller waits for the response (an API, a workflow, a queue's poller) and handles its failure.
   *
   * @default false: a queue for failed events is created when an asynchronous service (EventBridge, SNS, S3 ...) gets
   * permission to invoke the function
   */
  readonly invokedSynchronously?: boolean;
  /**
   * Options of the queue for failed events and of its alarm.
   *
   * @default - an encrypted queue with a retention of 14 days, and an alarm at the first event
   */
  readonly failures?: FailureOptions;
  /**
   * Options of the alias `live` that invokes the function, for example `provisionedConcurrentExecutions`.
   *
   * @default - no provisioned concurrency: environments start with the first requests
   */
  readonly live?: AliasOptions;
}
