import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { EventSourceMapping, type EventSourceMappingOptions } from 'aws-cdk-lib/aws-lambda';
import { DeduplicationScope, FifoThroughputLimit, type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Annotations, Duration, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { allow, allowKey } from '../bindings/bindable.js';
import type { Bindable, Binding } from '../bindings/binding.js';
import { queue } from '../bindings/kinds/queue.js';
import { acknowledge } from '../construct/acknowledge.js';
import { assertProps } from '../construct/assert-props.js';
import { assertValid } from '../construct/assert-valid.js';
import { definedProps } from '../construct/defined-props.js';
import { deadLetterQueue, secure } from '../construct/queues.js';
import { HandlerFunction } from '../function/handler-function.js';
import type { NodeFunctionProps } from '../function/node-function-props.js';
import { addAlarm } from '../observability/alarm.js';
import { addDeadLetterAlarm } from '../observability/dead-letter-alarm.js';
import { dataRemovalPolicy } from '../target/ephemeral.js';
import { validateHandlerKind } from './handlers.js';
import { validateQueue, validateVisibility } from './private/validate-queue.js';
import type { QueueWorkerOptions, QueueWorkerProps, WorkerModule } from './queue-worker-props.js';

/** Minimum of the visibility timeout. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const VISIBILITY_FACTOR = 6;

/**
 * A queue and the function that handles its messages: encrypted, TLS only, a dead-letter queue, failures reported
 * message by message, bounded concurrency, and alarms on old messages and on dead letters.
 *
 * Costs at rest: two alarms, $0.20 a month. In use $0.40 per million requests to SQS after the first million of
 * a month (us-east-1, https://aws.amazon.com/sqs/pricing/), and the function's time.
 *
 * @throws Error for a number outside of SQS's or Lambda's limits, a visibility timeout below six times the function's
 *   timeout, or a handler of another source
 * @example
 * import { QueueWorker } from 'cdk-trellis';
 *
 * const mails = new QueueWorker(stack, 'Mails', { handler: () => import('../lambda/send-mail.js') });
 * // Bound to `queue(Mail).send` of another handler: `bind: { mails }`.
 */
export class QueueWorker<Module extends WorkerModule = WorkerModule>
  extends Construct
  implements Bindable<'queue'>
{
  readonly bindingKind = 'queue';
  /** Type of the messages, for the compiler only. */
  declare readonly takes?: Module['handler'] extends { readonly takes?: infer Takes } ? Takes : never;
  /** Type of the events, for the compiler only. */
  declare readonly consumes?: Module['handler'] extends { readonly consumes?: infer Consumes }
    ? Consumes
    : never;
  readonly queue: Queue;
  /** Queue of messages that failed `maxReceiveCount` times. */
  readonly deadLetterQueue: IQueue;
  readonly function: HandlerFunction<Module>;
  /** Event source that polls the queue and invokes the function. */
  readonly eventSource: EventSourceMapping;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: QueueWorkerProps<Module>) {
    super(scope, id);
    assertProps(this, 'QueueWorker', props, new.target === QueueWorker);
    const {
      fifo = false,
      batchSize,
      batchWindow,
      maxConcurrency = 10,
      maxReceiveCount = 5,
      visibilityTimeout,
      alarms = {},
      queue,
      deadLetterQueue: deadLetters,
      eventSource,
      ...functionOptions
    } = props as QueueWorkerOptions & Omit<NodeFunctionProps<Module>, 'deadLetterQueue'>;
    assertValid(this, validateQueue({ ...props, fifo, maxConcurrency, maxReceiveCount }));
    this.function = new HandlerFunction(this, 'Function', {
      ...functionOptions,
      invokedSynchronously: true,
    } as unknown as NodeFunctionProps<Module>);
    assertValid(this, validateHandlerKind(this.function, 'worker'));
    const minVisibility = minVisibilityOf(this.function.timeout, batchWindow);
    assertValid(
      this,
      validateVisibility(visibilityTimeout ?? queue?.visibilityTimeout, minVisibility, this.function.timeout),
    );
    this.deadLetterQueue =
      queue?.deadLetterQueue?.queue ??
      deadLetterQueue(this, 'DeadLetters', { ...(fifo && { fifo }), ...deadLetters });
    this.queue = new Queue(this, 'Queue', {
      ...secure(queue),
      ...(fifo && FIFO),
      visibilityTimeout: visibilityTimeout ?? minVisibility,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
      removalPolicy: dataRemovalPolicy(this),
      ...definedProps(queue),
    });
    if (fifo) warnOfSharedReceipts(this, eventSource?.batchSize ?? batchSize);
    this.eventSource = this.poll({
      ...(fifo && { batchSize: 1 }),
      ...(batchSize !== undefined && { batchSize }),
      ...(batchWindow && { maxBatchingWindow: batchWindow }),
      maxConcurrency,
      reportBatchItemFailures: true,
      ...definedProps(eventSource),
    });
    this.alarms = alarms === false ? [] : this.addAlarms(alarms);
  }

  bindingFor(access: string): Binding {
    return queue.bind(this.queue).bindingFor(access);
  }

  private poll(options: EventSourceMappingOptions): EventSourceMapping {
    const statements = [
      allow('sqs', ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'], [this.queue.queueArn]),
      ...allowKey(this.queue.encryptionMasterKey, false),
    ];
    for (const statement of statements) this.function.addToRolePolicy(statement);
    const source = new EventSourceMapping(this, 'EventSource', {
      ...options,
      target: this.function,
      eventSourceArn: this.queue.queueArn,
    });
    acknowledge(source, {
      'Serverless-LambdaEventSourceMappingDestination':
        'Destinations are for streams; failed messages of a queue go to its dead-letter queue.',
    });
    return source;
  }

  private addAlarms(props: Exclude<QueueWorkerOptions['alarms'], false | undefined>): Alarm[] {
    const { oldestMessage = Duration.minutes(15), topic } = props;
    const minutes = oldestMessage.toMinutes({ integral: false });
    const name = this.node.path;
    const old = addAlarm(this, 'OldMessagesAlarm', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) }),
      threshold: oldestMessage.toSeconds(),
      periods: 3,
      description: `Messages to ${name} have waited for more than ${minutes} minutes. The logs of its function show whether they fail; if they are too many, raise \`maxConcurrency\`.`,
      runbook: 'old-messages',
      ...(topic && { topic }),
    });
    const dead = addDeadLetterAlarm(
      this,
      this.deadLetterQueue,
      props,
      `Messages to ${name} failed at all receipts and are in its dead-letter queue.`,
    );
    return [old, dead];
  }
}

/** Warns of a FIFO batch: each message reported as failed counts a receipt, also if it was not handled. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
function warnOfSharedReceipts(worker: Construct, batchSize: number | undefined): void {
  if (batchSize === undefined || Token.isUnresolved(batchSize) || batchSize === 1) return;
  Annotations.of(worker).addWarningV2(
    'cdk-trellis:fifoBatch',
    `\`batchSize\` is ${batchSize} with \`fifo\`: messages behind a failed one are received together with it, and moved to the dead-letter queue with it, without having been handled. Remove \`batchSize\`, which then is 1.`,
  );
}

/** High throughput: limits apply to each group instead of the queue. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html */
const FIFO = {
  fifo: true,
  // For senders without an id; `queue(Message).send` sets one.
  contentBasedDeduplication: true,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
} as const;

/** Returns the minimum visibility timeout: time for retries of a throttled invocation before another one gets the messages. */
function minVisibilityOf(timeout: Duration | undefined, window = Duration.seconds(0)): Duration {
  const seconds = timeout && !timeout.isUnresolved() ? timeout.toSeconds() * VISIBILITY_FACTOR : 60;
  return Duration.seconds(seconds + window.toSeconds());
}
