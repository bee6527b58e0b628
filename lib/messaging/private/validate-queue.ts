import { type Duration, Token } from 'aws-cdk-lib/core';
import { validateDurations } from '../../construct/duration.js';
import type { QueueWorkerOptions } from '../queue-worker-props.js';

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
const MAX_WITHOUT_WINDOW = 10;
const MAX_WITH_WINDOW = 10_000;
const MAX_WINDOW_SECONDS = 300;

/** Everything that Lambda or SQS would refuse at deployment. */
export function validateQueue(options: QueueWorkerOptions): string[] {
  const { fifo, batchSize, batchWindow, maxConcurrency, maxReceiveCount, queue, deadLetterQueue } = options;
  const { visibilityTimeout, alarms } = options;
  const durations = validateDurations({
    batchWindow,
    visibilityTimeout,
    ...(alarms && { 'alarms.oldestMessage': alarms.oldestMessage }),
  });
  if (durations.length > 0) return durations;
  const hasWindow = batchWindow !== undefined && (batchWindow.isUnresolved() || batchWindow.toSeconds() > 0);
  const most = hasWindow ? MAX_WITH_WINDOW : MAX_WITHOUT_WINDOW;
  return [
    ...outside(
      'batchSize',
      batchSize,
      1,
      most,
      hasWindow || fifo ? '' : '; more take a `batchWindow` of a second or more',
    ),
    ...outside('maxConcurrency', maxConcurrency, 2, 1000),
    ...outside('maxReceiveCount', maxReceiveCount, 1, 1000),
    ...validateWindow(fifo ?? false, batchWindow),
    ...[queue, deadLetterQueue]
      .filter((props) => props?.fifo !== undefined && props.fifo !== (fifo ?? false))
      .map(
        () =>
          '`fifo` must be said of the QueueWorker itself: its queue and its dead-letter queue are both FIFO or neither',
      ),
  ];
}

function validateWindow(fifo: boolean, window: Duration | undefined): string[] {
  if (!window || window.isUnresolved()) return [];
  if (fifo)
    return ['`batchWindow` must be left out with `fifo`: Lambda does not wait for messages of a FIFO queue'];
  const seconds = window.toSeconds();
  return seconds <= MAX_WINDOW_SECONDS
    ? []
    : [`\`batchWindow\` must be at most 5 minutes, got ${seconds} seconds`];
}

function outside(name: string, value: number | undefined, least: number, most: number, hint = ''): string[] {
  if (value === undefined || Token.isUnresolved(value)) return [];
  if (Number.isInteger(value) && value >= least && value <= most) return [];
  return [`\`${name}\` must be a whole number from ${least} to ${most}, got ${value}${hint}`];
}

/** A message that is seen again while it is still being handled is handled twice. */
export function visibilityError(
  given: Duration | undefined,
  least: Duration,
  timeout: Duration | undefined,
): string[] {
  if (!given || given.isUnresolved() || given.toSeconds() >= least.toSeconds()) return [];
  return [
    `\`visibilityTimeout\` must be at least ${least.toSeconds()} seconds, six times the function's timeout of ${timeout?.toSeconds()} seconds and the batch window, got ${given.toSeconds()} seconds`,
  ];
}
