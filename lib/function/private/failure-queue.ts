import type {
  CfnEventInvokeConfig,
  EventInvokeConfigOptions,
  IDestination,
  Function as LambdaFunction,
} from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { allow, allowKey } from '../../bindings/bindable.js';
import { addToPolicy } from '../../bindings/own-policy.js';
import { deadLetterQueue } from '../../construct/queues.js';
import { addQueueAlarm, type DeadLetterAlarmProps } from '../../observability/dead-letter-alarm.js';
import type { FailureOptions } from '../base-function-options.js';

/** The id that CDK gives how events are handled that nobody waits for. */
const INVOKE_CONFIG = 'EventInvokeConfig';

type Destinations = CfnEventInvokeConfig.DestinationConfigProperty | undefined;

/** The queue for events that a function fails to handle after all retries; it is made when something sends it some. */
export class FailureQueue {
  public queue: Queue | undefined;
  /** Whether how events are handled was said for the sake of the queue alone. */
  private madeConfig = false;

  constructor(
    private readonly fn: LambdaFunction,
    private readonly options: FailureOptions = {},
  ) {}

  /**
   * Makes the queue, unless there is one or failures go somewhere else.
   *
   * @param configure says how events are handled, where nobody has
   */
  public hold(configure: (options: EventInvokeConfigOptions) => void): void {
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
      // What the user has said of retries, age and success stays.
      config.destinationConfig = { ...destinations, onFailure: onFailure.bind(this.fn, this.fn) };
    } else {
      configure({ onFailure });
      this.madeConfig = true;
    }
    const { alarm = {} } = this.options;
    if (alarm) this.addAlarm(this.queue, alarm);
  }

  /** What the user says of how events are handled, with the queue for failures if nothing else is said of them. */
  public completed(options: EventInvokeConfigOptions): EventInvokeConfigOptions {
    if (!this.queue || !this.madeConfig) return options;
    this.fn.node.tryRemoveChild(INVOKE_CONFIG);
    this.madeConfig = false;
    return { onFailure: destination(this.queue), ...options };
  }

  private addAlarm(queue: Queue, props: DeadLetterAlarmProps): void {
    const { path } = this.fn.node;
    addQueueAlarm(this.fn, 'FailuresAlarm', queue, props, {
      description: `Events that ${path} failed to handle after all retries are in its queue, with the error. Repair the cause, then \`npx trellis redrive ${path}\`.`,
      runbook: 'failed-events',
    });
  }
}

/** CDK's own destination permits more than sending, in a second policy. */
function destination({ queueArn }: Queue): IDestination {
  return { bind: () => ({ destination: queueArn }) };
}
