import type {
  CfnEventInvokeConfig,
  EventInvokeConfigOptions,
  IDestination,
  Function as LambdaFunction,
} from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { allow, allowKey } from '../../bindings/bindable.js';
import { addToPolicy } from '../../bindings/function-policy.js';
import { deadLetterQueue } from '../../construct/queues.js';
import { addQueueAlarm, type DeadLetterAlarmProps } from '../../observability/dead-letter-alarm.js';
import type { FailureOptions } from '../base-function-options.js';

/** CDK's construct id of the configuration of asynchronous invocations. */
const INVOKE_CONFIG = 'EventInvokeConfig';

type Destinations = CfnEventInvokeConfig.DestinationConfigProperty | undefined;

/**
 * The queue for events that a function fails to handle after all retries. It is created when something invokes the
 * function asynchronously.
 */
export class FailureQueue {
  public queue: Queue | undefined;
  /** True if the configuration was created only for the queue. */
  private isConfigOnlyForQueue = false;

  constructor(
    private readonly fn: LambdaFunction,
    private readonly options: FailureOptions = {},
  ) {}

  /**
   * Creates the queue, unless there is one or failures have another destination.
   *
   * @param configure creates the configuration of asynchronous invocations if it does not exist
   */
  public ensure(configure: (options: EventInvokeConfigOptions) => void): void {
    const config = this.fn.node.tryFindChild(INVOKE_CONFIG)?.node.defaultChild as
      | CfnEventInvokeConfig
      | undefined;
    const destinations = config?.destinationConfig as Destinations;
    if (this.queue || destinations?.onFailure) return;
    this.queue = deadLetterQueue(this.fn, 'Failures', this.options.queue);
    addToPolicy(this.fn, allow('sqs', ['SendMessage'], [this.queue.queueArn]));
    for (const statement of allowKey(this.queue.encryptionMasterKey, true)) addToPolicy(this.fn, statement);
    const onFailure = destination(this.queue);
    if (config) {
      // The user's options for retries, age and success are kept.
      config.destinationConfig = { ...destinations, onFailure: onFailure.bind(this.fn, this.fn) };
    } else {
      configure({ onFailure });
      this.isConfigOnlyForQueue = true;
    }
    const { alarm = {} } = this.options;
    if (alarm) this.addAlarm(this.queue, alarm);
  }

  /** Returns the user's options with the queue as failure destination, unless they have one. */
  public withQueue(options: EventInvokeConfigOptions): EventInvokeConfigOptions {
    if (!this.queue || !this.isConfigOnlyForQueue) return options;
    this.fn.node.tryRemoveChild(INVOKE_CONFIG);
    this.isConfigOnlyForQueue = false;
    return { onFailure: destination(this.queue), ...options };
  }

  private addAlarm(queue: Queue, props: DeadLetterAlarmProps): void {
    const { path } = this.fn.node;
    addQueueAlarm(this.fn, 'FailuresAlarm', queue, props, {
      description: `Events that ${path} failed to handle after all retries are in its queue, with the error. Fix the cause, then run \`npx trellis redrive ${path}\`.`,
      runbook: 'failed-events',
    });
  }
}

/** Creates a destination without permissions: CDK's own permits more than sending, in a second policy. */
function destination({ queueArn }: Queue): IDestination {
  return { bind: () => ({ destination: queueArn }) };
}
